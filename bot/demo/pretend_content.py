"""What a message carries when it is not text: Telegram's objects for photos, voices, stickers and so on.

Decides shapes that python-telegram-bot can read. Refuses to know who sent it or where it goes.
"""

from __future__ import annotations

import struct
from typing import Any

from bot.demo.pretend_signatures import words
from bot.demo.pretend_state import bad_request

Json = dict[str, Any]

LARGEST_PHOTO = 10 * 1024 * 1024  # Telegram: a photo must be at most 10 MB in size
WIDTH_AND_HEIGHT = 10_000  # Telegram: its width and height must not exceed 10000 in total
LONGEST_SIDE_RATIO = 20  # Telegram: width and height ratio must be at most 20
_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"RIFF")

KINDS = words("sticker voice photo video document location contact animation audio video_note poll dice")
"""The kinds of message, besides text, that a person can send."""
_TINY_PNG = bytes.fromhex(  # one grey pixel
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6338000000"
    "c200c1525e57510000000049454e44ae426082"
)
_WITH_CAPTION = frozenset({"voice", "photo", "video", "document", "animation", "audio"})


def _file(file_id: str, size: int = 1024) -> Json:
    return {"file_id": file_id, "file_unique_id": f"u-{file_id}", "file_size": size}


def picture_content(photo: bytes, file_id: str) -> Json:
    """The `photo` field for a picture's bytes; refuses what Telegram would not take for a photo."""
    if len(photo) > LARGEST_PHOTO:
        raise bad_request("file is too big")
    if not photo.startswith(_SIGNATURES):
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = 800, 600  # only a PNG tells its size in a fixed place
    if photo.startswith(_SIGNATURES[0]) and len(photo) >= 24:
        width, height = struct.unpack(">II", photo[16:24])
    ratio = max(width, height) / max(1, min(width, height))
    if width + height > WIDTH_AND_HEIGHT or ratio > LONGEST_SIDE_RATIO:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return {"photo": [{**_file(file_id, len(photo)), "width": width, "height": height}]}


def voice_content(file_id: str, duration: int, size: int) -> Json:
    """The `voice` field; duration in seconds."""
    return {"voice": {**_file(file_id, size), "duration": duration, "mime_type": "audio/ogg"}}


def person_file(kind: str) -> bytes:
    """What is in a file that a person sends: a tiny picture for a photo, else a few bytes."""
    return _TINY_PNG if kind == "photo" else f"a {kind}".encode()


def person_content(kind: str, file_id: str, caption: str | None) -> Json:
    """The fields of a message of that kind as a person would send it. Raises ValueError for no such kind."""
    if kind not in KINDS:
        raise ValueError(f"no such kind of message: {kind}")
    if caption and kind not in _WITH_CAPTION:
        raise ValueError(f"a {kind} has no caption")
    seen = {**_file(file_id), "width": 320, "height": 320}
    shapes: dict[str, Any] = {
        "sticker": {**seen, "type": "regular", "is_animated": False, "is_video": False, "emoji": "👍"},
        "voice": {**_file(file_id), "duration": 3, "mime_type": "audio/ogg"},
        "photo": [seen],
        "video": {**seen, "duration": 3},
        "document": {**_file(file_id), "file_name": "document.pdf", "mime_type": "application/pdf"},
        "location": {"latitude": 46.8139, "longitude": -71.208},
        "contact": {"phone_number": "+15555550100", "first_name": "Someone"},
        "animation": {**seen, "duration": 3},
        "audio": {**_file(file_id), "duration": 3},
        "video_note": {**_file(file_id), "length": 240, "duration": 3},
        "poll": {
            "id": file_id,
            "question": "?",
            "options": [{"persistent_id": str(i), "text": t, "voter_count": 0} for i, t in enumerate("AB")],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "members_only": False,
        },
        "dice": {"emoji": "🎲", "value": 4},
    }
    content: Json = {kind: shapes[kind]}
    if kind == "animation":
        content["document"] = {**_file(file_id)}  # Telegram sets it too, for older programs
    return content
