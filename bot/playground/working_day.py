"""The scripted day of the demonstration: three channels of a retailer's IT, and what should come of each line.

Only the words are scripted. What is found in them, who is nudged and with which suggestion is Fairview's doing.
"""

from dataclasses import dataclass

SERVICE_DESK, INFRASTRUCTURE, ERP = "servicedesk", "infrastructure", "erp"
CHANNELS = (SERVICE_DESK, INFRASTRUCTURE, ERP)

PEOPLE = {
    "amara": "Amara Okafor",
    "ben": "Ben Whitlock",
    "chitra": "Chitra Raman",
    "dylan": "Dylan Hughes",
    "elif": "Elif Kaya",
    "farid": "Farid Haddad",
    "grace": "Grace Lindqvist",
    "hamish": "Hamish Reid",
    "ines": "Inês Carvalho",
    "jonas": "Jonas Brandt",
    "keiko": "Keiko Mori",
    "liam": "Liam Doyle",
    "mina": "Mina Petrova",
}
ADMINISTRATOR = "grace"
VISITOR = "you"


@dataclass(frozen=True, slots=True)
class Says:
    """Somebody writes; ``key`` names the message for later steps.

    ``nudged`` and ``thanked`` say whether a nudge, or a private line of thanks, is to follow.
    """

    who: str
    channel: str
    text: str
    nudged: bool = False
    key: str = ""
    thanked: bool = False
    in_thread_of: str = ""
    delivered_twice: bool = False


@dataclass(frozen=True, slots=True)
class Clicks:
    """The author of a nudged message clicks a button of the nudge, or chooses from its menu."""

    key: str
    button: str


@dataclass(frozen=True, slots=True)
class Asks:
    """Somebody chooses *Reframe this* on a message."""

    who: str
    key: str


@dataclass(frozen=True, slots=True)
class Edits:
    """The author rewrites a message."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Deletes:
    """The author takes a message back."""

    key: str


@dataclass(frozen=True, slots=True)
class BotSays:
    """Another app writes; it is not counted."""

    channel: str
    text: str


@dataclass(frozen=True, slots=True)
class Types:
    """Somebody types a slash command; ``expects`` is a word of the answer."""

    who: str
    channel: str
    command: str
    expects: str


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest of the channel is subscribed to and comes."""

    who: str
    channel: str


Step = Says | Clicks | Asks | Edits | Deletes | BotSays | Types | Digest

DAY: tuple[Step, ...] = (
    Says(
        "amara", SERVICE_DESK, "Morning all. Tills in the Leeds store came back at 06:40, queue is down to four calls."
    ),
    Types("chitra", INFRASTRUCTURE, "/fairview status", "watched"),
    Says(
        "ben",
        INFRASTRUCTURE,
        "The business wants the new price file by Friday, as usual with no notice.",
        True,
        "price",
    ),
    Clicks("price", "Why this?"),
    Clicks("price", "Use this"),
    Says("keiko", INFRASTRUCTURE, "`deploy --force` failed with ECONNRESET, retrying on node 3"),
    BotSays(INFRASTRUCTURE, "Build 4812 failed: the business wants green builds"),
    Says("dylan", SERVICE_DESK, "No ticket, no help, sorry. Those are the rules.", True, "ticket"),
    Edits("ticket", "Could you log it so it doesn't get lost? I'll pick it up from there."),
    Says("elif", ERP, "Purchase order run finished at 02:10, 14 items need a look."),
    Says("farid", ERP, "That's the network team's problem, not ours.", True, "network"),
    Clicks("network", "Not relevant"),
    Says(
        "jonas",
        ERP,
        "I've raised the change for you and got it into tonight's window, so shoppers get their refund tomorrow.",
        thanked=True,
    ),
    Says(
        "hamish",
        INFRASTRUCTURE,
        "CAB only meets on Thursday, so you'll have to wait.",
        True,
        "cab",
        in_thread_of="price",
        delivered_twice=True,
    ),
    Asks("mina", "cab"),
    Clicks("cab", "Helpful"),
    Says("liam", SERVICE_DESK, "Typical Marketing, they never read the instructions.", True, "typical"),
    Deletes("typical"),
    Says("ines", SERVICE_DESK, "Can someone tell me who owns the returns portal? Happy to take it if nobody does."),
    Types("ines", SERVICE_DESK, "/valuestream refunds", "refund"),
    Types("keiko", INFRASTRUCTURE, "/valuestream quantum toaster", "toaster"),
    Digest(ADMINISTRATOR, INFRASTRUCTURE),
)
