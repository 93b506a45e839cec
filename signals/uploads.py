"""How files come in: in memory, never as a file on the disk, and only where a page asks for one."""

from collections.abc import Callable
from io import BytesIO
from typing import Any, TypeVar

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

MOST = 10 * 1024 * 1024  # bytes of one file
HOPELESS = 200 * 1024 * 1024  # a request that is not even read to its end
MARK = "takes_files"
View = TypeVar("View", bound=Callable[..., Any])


def takes_files(view: View) -> View:
    """Mark a view as one whose form holds a file."""
    setattr(view, MARK, True)
    return view


class MemoryWhereAsked(FileUploadHandler):
    """Keeps a file in memory up to the limit; of a larger one only its size, so that the form can say so."""

    def handle_raw_input(
        self, input_data: Any, meta: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        if content_length > HOPELESS:
            raise RequestDataTooBig("Request body is far too large.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if not self._asked():
            raise SkipFile
        self.pieces: list[bytes] = []
        self.size = 0

    def _asked(self) -> bool:
        request: Any = self.request
        match = request.resolver_match if request else None
        return bool(match and getattr(match.func, MARK, False) and request.user.is_authenticated)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.size > MOST:
            self.pieces.clear()
        else:
            self.pieces.append(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        content = b"" if self.size > MOST else b"".join(self.pieces)
        self.pieces = []
        return InMemoryUploadedFile(
            BytesIO(content), self.field_name, self.file_name or "", self.content_type or "", self.size, self.charset
        )
