"""``files.*``: uploads in three steps, as ``files_upload_v2`` of the SDK makes them."""

from bot.playground import payloads, posting
from bot.playground.models import Payload, UploadedFile
from bot.playground.refusals import Refusal
from bot.playground.web_api.call import Method, WebCall, missing


def get_upload_url(call: WebCall) -> Payload:
    """``files.getUploadURLExternal``: a file reserved, and where to send its bytes."""
    name, length = call.arguments.required("filename"), call.arguments.number("length", 0, 1 << 30)
    if not length:
        raise missing("length")
    file = UploadedFile(call.workspace.new_id("F"), name, length, call.bot.id)
    call.workspace.files[file.id] = file
    return {"upload_url": f"{call.platform.base_url}/upload/{file.id}", "file_id": file.id}


def complete_upload(call: WebCall) -> Payload:
    """``files.completeUploadExternal``: uploaded files made real, and shared where a channel is named."""
    listed = call.arguments.raw.get("files")
    if not isinstance(listed, list) or not listed:
        raise missing("files")
    files = [_uploaded(call, one) for one in listed]
    for file, one in zip(files, listed, strict=True):
        file.completed, file.title = True, str(one.get("title") or file.name)
    channel_id = call.arguments.text("channel_id")
    if channel_id is not None:
        _share(call, channel_id, files)
    return {"files": [payloads.file(file) for file in files]}


def info(call: WebCall) -> Payload:
    """``files.info``."""
    file = call.workspace.files.get(call.arguments.required("file"))
    if file is None or not file.completed:
        raise Refusal("file_not_found")
    return {"file": payloads.file(file)}


def delete(call: WebCall) -> Payload:
    """``files.delete``."""
    if call.workspace.files.pop(call.arguments.required("file"), None) is None:
        raise Refusal("file_not_found")
    return {}


def _uploaded(call: WebCall, one: object) -> UploadedFile:
    file = call.workspace.files.get(str(one.get("id"))) if isinstance(one, dict) else None
    if file is None or file.content is None:
        raise Refusal("file_not_found")
    return file


def _share(call: WebCall, channel_id: str, files: list[UploadedFile]) -> None:
    channel = call.workspace.channels.get(channel_id)
    if channel is None or not call.workspace.app_sees(channel):
        raise Refusal("channel_not_found")
    if call.bot.id not in channel.members:
        raise Refusal("not_in_channel")
    for file in files:
        file.channels.append(channel.id)
    draft = posting.Draft(
        text=call.arguments.text("initial_comment") or "",
        thread_ts=call.arguments.text("thread_ts"),
        subtype="file_share",
        files=[file.id for file in files],
    )
    posting.post(call.workspace, channel, call.bot, draft)


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, ("files:write",), tier=4),
    "files.completeUploadExternal": Method(complete_upload, ("files:write",), tier=4),
    "files.info": Method(info, ("files:read",), tier=4),
    "files.delete": Method(delete, ("files:write",), tier=3),
}
