"""The pictures that a form's labels name: taken from the files that come along with the form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256

from observer.pictures import BadPictureError, UnknownKindError, clean_picture

_KEPT = re.compile(r"[0-9a-f]{64}\.(?:png|jpg)")
_ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg"}


class LabelPictures:
    """The pictures of one form, by the names under which they are kept."""

    def __init__(self, beside: Mapping[str, bytes]) -> None:
        self._beside = beside
        self._names: dict[str, str] = {}
        self.contents: dict[str, bytes] = {}

    def name_of(self, file: str) -> str | None:
        """The name under which a file is kept; None for one that was not brought along.

        A form that was exported names its pictures as they are kept. Raises BadPictureError
        for a file that is no picture.
        """
        if _KEPT.fullmatch(file):
            return file
        if file not in self._names:
            if file not in self._beside:
                return None
            try:
                content, media_type = clean_picture(self._beside[file])
            except (BadPictureError, UnknownKindError) as error:
                raise BadPictureError(
                    f"{file} cannot be read; bring it as JPEG, PNG or WebP"
                ) from error
            name = sha256(content).hexdigest() + _ENDINGS[media_type]
            self._names[file], self.contents[name] = name, content
        return self._names[file]
