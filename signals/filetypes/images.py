"""Photos: made anew from nothing but their pixels. Place, camera, moment and what was hidden behind them is gone."""

from io import BytesIO
from typing import Any

from PIL import Image, ImageOps, JpegImagePlugin

from signals.filetypes.kinds import Checked, Kind, RefusedError, Why

MOST_PIXELS = 25_000_000  # that are unpacked; a phone makes 12 or 24 million
MOST_SHRUNK = 65_000_000  # of a JPEG, which can be unpacked at half or a quarter of its size
MODES = {Kind.JPEG: ("L", "RGB"), Kind.PNG: ("1", "L", "LA", "P", "RGB", "RGBA")}
DEEP = ("I", "I;16", "I;16B", "I;16L")  # grey in 65536 steps, as some scanners make it
QUALITY = 90
SIDE = 65_000


def checked(content: bytes, kind: Kind) -> Checked:
    """Read a picture and write it anew.

    Raises:
        RefusedError: too many pixels, or it can't be read.
    """
    try:
        with Image.open(BytesIO(content), formats=[kind.upper()]) as image:
            _measure(image, kind)
            fine = _fineness(image)
            upright = ImageOps.exif_transpose(image)
            upright = _shallow(upright) if upright.mode in DEEP else upright
            upright = upright if upright.mode in MODES[kind] else upright.convert(MODES[kind][-1])
            return Checked(kind, _written(upright, kind, fine))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise RefusedError(Why.PIXELS) from error
    except (OSError, SyntaxError, ValueError, EOFError, OverflowError) as error:
        raise RefusedError(Why.BROKEN) from error


def _measure(image: Image.Image, kind: Kind) -> None:
    """Before a pixel is unpacked."""
    width, height = image.size
    pixels = width * height
    if max(width, height) > SIDE or pixels > (MOST_SHRUNK if kind == Kind.JPEG else MOST_PIXELS):
        raise RefusedError(Why.PIXELS)
    if pixels > MOST_PIXELS:
        image.draft("RGB", (width // 2, height // 2))


def _shallow(image: Image.Image) -> Image.Image:
    """In 256 steps. Pillow itself would make white of all that is above the darkest of them."""
    plain = image.point(lambda value: value / 256).convert("L")
    plain.info = {name: value // 256 for name, value in image.info.items() if name == "transparency"}
    return plain


def _fineness(image: Image.Image) -> dict[str, Any]:
    """How finely a JPEG was kept, so that the new one is neither worse nor larger."""
    if not isinstance(image, JpegImagePlugin.JpegImageFile) or image.mode not in MODES[Kind.JPEG]:
        return {"quality": QUALITY}
    sampling = JpegImagePlugin.get_sampling(image)
    return {"qtables": image.quantization, **({"subsampling": sampling} if sampling >= 0 else {})}


def _written(image: Image.Image, kind: Kind, fine: dict[str, Any]) -> bytes:
    seen: dict[str, Any] = {"transparency": image.info["transparency"]} if "transparency" in image.info else {}
    image.info = {}
    target = BytesIO()
    if kind == Kind.JPEG:
        image.save(target, "JPEG", **fine, exif=b"", icc_profile=None)
    else:
        image.save(target, "PNG", exif=b"", icc_profile=None, **seen)
    return target.getvalue()
