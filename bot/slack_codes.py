"""Slack's error codes as they may be written down: a word in an answer counts as a code only if Slack documents it."""

_CODES = """
    access_denied accesslimited account_inactive cannot_reply_to_message channel_is_limited_access channel_not_found
    channel_type_not_supported duplicate_external_id ekm_access_denied enterprise_is_restricted exchanged_trigger_id
    expired_trigger_id fatal_error fetch_members_failed forbidden_team hash_conflict internal_error invalid_arg_name
    invalid_arguments invalid_array_arg invalid_auth invalid_blocks invalid_blocks_format invalid_charset
    invalid_cursor invalid_form_data invalid_limit invalid_metadata_format invalid_metadata_schema invalid_post_type
    invalid_trigger_id invalid_ts_latest invalid_ts_oldest invalid_types is_archived limit_required
    messages_tab_disabled metadata_must_be_sent_from_app metadata_too_large method_deprecated
    method_not_supported_for_channel_type missing_charset missing_post_type missing_scope msg_blocks_too_long
    msg_too_long no_permission no_text not_allowed_token_type not_authed not_enabled not_found not_in_channel
    org_login_required push_limit_reached rate_limited ratelimited request_timeout restricted_action
    restricted_action_non_threadable_channel restricted_action_read_only_channel restricted_action_thread_locked
    restricted_action_thread_only_channel service_unavailable superfluous_charset team_access_not_granted
    team_added_to_org team_not_found token_expired token_revoked too_many_attachments too_many_contact_cards
    two_factor_setup_required user_not_found user_not_in_channel user_not_visible view_too_large
"""
_DOCUMENTED = frozenset(_CODES.split())


def documented(code: object) -> str:
    """Return an error code that Slack documents as it is, and for anything else words of our own."""
    return code if isinstance(code, str) and code in _DOCUMENTED else "an_error_not_documented"
