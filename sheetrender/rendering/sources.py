"""Pictures that the sheet names, to begin from, to paint over, to leave out; sized to the video."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from sheetrender.engines.engine import Image, Mask
from sheetrender.model.errors import RenderFailed
from sheetrender.model.frames import Size
from sheetrender.model.plan import RenderPlan
from sheetrender.model.timing import FrameRate


def read_picture(path: Path, size: Size) -> Image:
    """Return a picture, sized to cover and cut at its longer side.

    Raises:
        ValueError: it is no picture.
        OSError: it cannot be read.
    """
    return np.ascontiguousarray(_covering(_decoded(path, cv2.IMREAD_COLOR), size), dtype=np.uint8)


def read_mask(path: Path, size: Size) -> Mask:
    """Return the lightness of a picture, sized as `read_picture` does.

    Raises:
        ValueError: it is no picture.
        OSError: it cannot be read.
    """
    mask = _covering(_decoded(path, cv2.IMREAD_GRAYSCALE), size)
    return np.ascontiguousarray(mask, dtype=np.uint8)


def _decoded(path: Path, how: int) -> Image:
    data = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    picture = cv2.imdecode(data, how) if len(data) else None
    if picture is None:
        raise ValueError(f"{path.name} is no picture")
    return np.asarray(picture, dtype=np.uint8)


def _covering(picture: Image, size: Size) -> Image:
    height, width = picture.shape[:2]
    scale = max(size.width / width, size.height / height)
    if scale == 1.0 and (width, height) == (size.width, size.height):
        return picture
    wide, high = max(size.width, round(width * scale)), max(size.height, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    left, top = (wide - size.width) // 2, (high - size.height) // 2
    sized = cv2.resize(picture, (wide, high), interpolation=how)
    return np.asarray(sized[top : top + size.height, left : left + size.width], dtype=np.uint8)


class SourceVideo:
    """A video, read by the frames of ours; forwards it is decoded once, backwards anew.

    Each of our frames shows the picture that the video shows at its beginning; behind the video's
    end its last picture stands. Pictures are counted and never sought, so that the same frame
    shows the same picture, however often the work was stopped.
    """

    def __init__(self, path: Path, rate: FrameRate, size: Size) -> None:
        """Open a video.

        Raises:
            ValueError: it has no pictures that can be read.
        """
        self._path = path
        self._rate = rate
        self._size = size
        self._open()

    def _open(self) -> None:
        self._stream = cv2.VideoCapture(str(self._path))
        per_second = self._stream.get(cv2.CAP_PROP_FPS)
        is_there, picture = self._stream.read()
        if not is_there or not per_second > 0:
            raise ValueError(f"{self._path.name} has no pictures that can be read")
        self._per_second = Fraction(per_second).limit_denominator(100_000)
        self._at = 0
        self._last = picture

    def picture(self, index: int) -> Image:
        """Return what a frame of ours is painted over."""
        wanted = int(Fraction(index) * self._per_second / self._rate.per_second)
        if wanted < self._at:
            self.close()
            self._open()
        while self._at < wanted:
            # Pictures that are passed over are not turned into pixels.
            if not self._stream.grab():
                break
            self._at += 1
            if self._at == wanted or self._is_near_the_end():
                is_there, picture = self._stream.retrieve()
                self._last = picture if is_there else self._last
        picture = _covering(np.asarray(self._last, dtype=np.uint8), self._size)
        return np.ascontiguousarray(picture)

    def _is_near_the_end(self) -> bool:
        """Say whether the next picture may be missing, so that this one is the last."""
        return bool(self._at + 2 >= self._stream.get(cv2.CAP_PROP_FRAME_COUNT))

    def close(self) -> None:
        """Let go of the file."""
        self._stream.release()


class Sources:
    """What the pictures of one plan are made from, read when it is needed."""

    def __init__(self, plan: RenderPlan) -> None:
        self._plan = plan
        self._video: SourceVideo | None = None
        self._mask: Mask | None = None

    def beginning(self, index: int) -> Image | None:
        """Return what a frame without a picture before it begins from, or None.

        Raises:
            RenderFailed: it cannot be read any more.
        """
        video, first = self._plan.video, self._plan.begins.get(index)
        try:
            if video is not None:
                if self._video is None:
                    self._video = SourceVideo(video.path, self._plan.rate, self._plan.size)
                return self._video.picture(index)
            return None if first is None else read_picture(first.path, self._plan.size)
        except (OSError, ValueError) as error:
            raise _gone(error) from error

    def mask(self) -> Mask | None:
        """Return where frames are drawn, or None for everywhere.

        Raises:
            RenderFailed: it cannot be read any more.
        """
        if self._mask is None and self._plan.mask is not None:
            try:
                mask = read_mask(self._plan.mask.path, self._plan.size)
                self._mask = 255 - mask if self._plan.mask_inverted else mask
            except (OSError, ValueError) as error:
                raise _gone(error) from error
        return self._mask

    def close(self) -> None:
        """Let go of the files."""
        if self._video is not None:
            self._video.close()
            self._video = None


def _gone(error: Exception) -> RenderFailed:
    return RenderFailed(
        f"A picture that the sheet names cannot be read: {error}. Put it back and run it again."
    )
