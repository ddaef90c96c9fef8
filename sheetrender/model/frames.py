"""What one frame is made from, and the stretches that frames hang together in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height of the picture in pixels, both multiples of 8."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}×{self.height}"


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of frames from one cut to the next; segments do not depend on each other.

    Attributes:
        first: its first frame, 0-based.
        last: its last frame, 0-based, itself part of the segment.
    """

    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Lora:
    """A small change to a model, by name or path, and how much of it: 1.0 is all of it."""

    name: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameSpec:
    """Everything needed to draw one frame. Built by planning, read by rendering and engines.

    Motion is relative to the frame before: zoom 1.0 and angle 0.0 leave it in place.
    Meanings, signs and units are Deforum's.

    Attributes:
        index: frame number in the whole video, 0-based.
        starts_segment: nothing of the frame before is kept.
        prompt: full text for the engine, style already applied.
        negative: the negative prompt; may be empty.
        previous_prompt: the prompt that this one fades in from.
        prompt_weight: share of `prompt` against `previous_prompt`, 0.0 to 1.0.
        caption: what the row is about, in the row's own words.
        seed: noise seed, 0 <= seed < 2**32.
        seed_share: how far its noise goes towards that of the next seed, 0.0 <= share < 1.0.
        zoom: scale about the centre, factor per frame, > 0; above 1 pushes in.
        angle: rotation about the centre, degrees counter-clockwise per frame.
        translation_x: shift, pixels per frame, to the right.
        translation_y: shift, pixels per frame, downwards.
        translation_z: move of the camera, units of Deforum's 3D space per frame.
        rotation_3d_x: tilt of the camera, degrees per frame.
        rotation_3d_y: pan of the camera, degrees per frame.
        rotation_3d_z: roll of the camera, degrees per frame.
        transform_center_x: centre of zoom and angle, share of the width.
        transform_center_y: centre of zoom and angle, share of the height.
        perspective_flip_theta: perspective rotation about z, degrees per frame.
        perspective_flip_phi: perspective rotation about x, degrees per frame.
        perspective_flip_gamma: perspective rotation about y, degrees per frame.
        perspective_flip_fv: field of view of the perspective flip, degrees.
        fov: field of view of 3D motion, degrees.
        strength: share of the previous picture that is kept; 0.0 redraws it, 1.0 keeps it.
        noise: share of noise mixed into the previous picture, 0.0 to 1.0.
        contrast: factor on the previous picture's pixels; 1.0 leaves them.
        scale: guidance scale of the prompt.
        steps: denoising steps of a full draw, >= 1.
        cadence: a new picture is drawn every so many frames, >= 1.
        model: name or path of the model, where the row has its own; else empty.
        sampler: name of the sampler, where the row has its own; else empty.
        loras: of the frame.
        sharpen: how much of what a blur takes away is added to the previous picture; 0.0 for none.
        sharpen_sigma: of that blur, pixels.
    """

    index: int
    starts_segment: bool
    prompt: str
    negative: str
    previous_prompt: str
    prompt_weight: float
    caption: str
    seed: int
    seed_share: float
    zoom: float
    angle: float
    translation_x: float
    translation_y: float
    translation_z: float
    rotation_3d_x: float
    rotation_3d_y: float
    rotation_3d_z: float
    transform_center_x: float
    transform_center_y: float
    perspective_flip_theta: float
    perspective_flip_phi: float
    perspective_flip_gamma: float
    perspective_flip_fv: float
    fov: float
    strength: float
    noise: float
    contrast: float
    scale: float
    steps: int
    cadence: int
    model: str = ""
    sampler: str = ""
    loras: tuple[Lora, ...] = ()
    sharpen: float = 0.0
    sharpen_sigma: float = 1.0
