"""Keys: what is encrypted at rest, and the pseudonym an author is known by."""

import hashlib
import hmac
import os

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.errors import StoreError

_PSEUDONYM_CHARACTERS = 32


class SecretBox:
    """Encrypts under the first of the keys in FAIRVIEW_SECRET_KEY, and decrypts under any of them."""

    def __init__(self, keys: str) -> None:
        self._fernet = MultiFernet([Fernet(key.strip()) for key in keys.split(",")])

    def seal(self, plain: bytes) -> bytes:
        """Return ``plain`` encrypted."""
        return self._fernet.encrypt(plain)

    def open(self, sealed: bytes) -> bytes:
        """Return what was sealed; raises StoreError where no key fits."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            raise StoreError(
                "FAIRVIEW_SECRET_KEY does not fit this database.",
                "Set the key it was made with; to change keys, put the new one first: NEW,OLD.",
            ) from None

    def reseal(self, sealed: bytes) -> bytes:
        """Return the same secret sealed under the newest key; raises StoreError where no key fits."""
        return self.seal(self.open(sealed))


def new_author_key() -> bytes:
    """Return 32 random bytes: the key of one tenant's pseudonyms."""
    return os.urandom(32)


def pseudonym(author_key: bytes, user_id: str) -> str:
    """Return the pseudonym of a member: HMAC-SHA256 under the tenant's key, 128 bits in hexadecimal."""
    return hmac.new(author_key, user_id.encode(), hashlib.sha256).hexdigest()[:_PSEUDONYM_CHARACTERS]
