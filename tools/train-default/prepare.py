"""`isolateDrawing` of @depthwise/models/drawing, number for number: what training sees is what a picture becomes later.

record.py records what this makes of some pictures, and the package's test holds the other to it.
"""

from math import ceil, floor

import numpy as np
from PIL import Image

WORKING = 160
SIDE = 0.5  # what the border's word counts beside the skew's


def isolate_drawing(picture, size):
    """A PIL picture (L or RGB) to uint8 [height, width], strokes white on black; `size` is (height, width)."""
    width, height = picture.size
    levels = shrunk(picture, (0, 0, width, height))
    dark = is_ink_dark(levels)
    ink = ink_of(levels, dark)
    box = ink_box(ink)
    if box is not None and levels.shape != (height, width) and max(box[2:]) < WORKING / 2:
        region = surroundings(box, levels.shape, (height, width))
        ink = ink_of(shrunk(picture, region), dark)
        box = ink_box(ink)
    return np.zeros(size, np.uint8) if box is None else placed(ink, box, size)


def shrunk(picture, region):
    """Grey levels of a region (left, top, right, bottom), its longer side at most WORKING pixels."""
    left, top, right, bottom = region
    width, height = right - left, bottom - top
    scale = min(1, WORKING / max(width, height))
    target = (max(1, floor(width * scale + 0.5)), max(1, floor(height * scale + 0.5)))
    part = picture if picture.size == (width, height) else picture.crop(region)
    if target != part.size:
        part = part.resize(target, Image.BILINEAR)
    return np.asarray(part.convert('L'))


def ink_of(levels, dark):
    """0 for ground up to 255 for ink, evened out: faint strokes come out as strong as bold ones."""
    depth = valleys(levels if dark else 255 - levels)
    base, peak = base_and_peak(depth)
    if peak - base < 12:
        return np.zeros_like(depth)
    least, most = base + 0.2 * (peak - base), base + 0.7 * (peak - base)
    return np.clip(np.floor((depth - least) * 255 / (most - least) + 0.5), 0, 255).astype(np.uint8)


def valleys(levels):
    """How far each pixel lies below the ground around it: a closing, wider than strokes are, less the levels."""
    radius = max(2, floor(max(levels.shape) * 0.15 + 0.5))
    ground = np.pad(levels, radius, mode='edge')
    ground = 255 - widened(widened(ground, radius), radius)
    ground = 255 - widened(widened(ground, radius), radius)
    return ground[radius:-radius, radius:-radius] - levels


def widened(levels, radius):
    """The largest value of each column's window of `2 * radius + 1`, transposed."""
    window = 2 * radius + 1
    largest = np.pad(levels, ((radius, radius), (0, 0)))
    size = 1
    while 2 * size <= window:
        largest = np.maximum(largest[:-size], largest[size:])
        size *= 2
    rest = window - size
    if rest:
        largest = np.maximum(largest[:-rest], largest[rest:])
    return np.ascontiguousarray(largest.T)


def base_and_peak(depth):
    ordered = np.sort(depth, axis=None)
    count = len(ordered)
    return int(ordered[floor(count * 0.25)]), int(ordered[count - 1 - floor(count * 0.0005)])


def is_ink_dark(levels):
    """By the skew of the levels around their local means, since ink is less than ground, and by what the border is like."""
    height, width = levels.shape
    radius = max(2, floor(max(height, width) * 0.15 + 0.5))
    sums = np.pad(levels.astype(np.int64).cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    top, left = np.maximum(np.arange(height) - radius, 0), np.maximum(np.arange(width) - radius, 0)
    low, right = np.minimum(np.arange(height) + radius + 1, height), np.minimum(np.arange(width) + radius + 1, width)
    total = sums[np.ix_(low, right)] - sums[np.ix_(top, right)] - sums[np.ix_(low, left)] + sums[np.ix_(top, left)]
    apart = levels - total / np.outer(low - top, right - left)
    squares, cubes = np.mean(apart**2), np.mean(apart**3)
    skew = cubes / squares**1.5 if squares > 0 else 0
    ring = max(1, min(height, width) // 20)
    inner = np.zeros(levels.shape, bool)
    inner[ring:height - ring, ring:width - ring] = True
    border = np.sort(levels[~inner])
    ordered = np.sort(levels, axis=None)
    cut = floor(len(ordered) * 0.01)
    least, most = int(ordered[cut]), int(ordered[len(ordered) - 1 - cut])
    side = (2 * int(border[floor(len(border) * 0.5)]) - least - most) / (most - least) if most > least else 0
    return SIDE * side - skew >= 0


def ink_box(ink):
    """(top, left, height, width) of the ink; specks do not count, nor the 0.4 % of the rest farthest out on each side."""
    inked = np.pad((ink >= 128).astype(np.uint8), 1)
    height, width = ink.shape
    around = sum(inked[y:y + height, x:x + width] for y in range(3) for x in range(3))
    mask = (ink >= 128) & (around >= 3)
    total = int(mask.sum())
    if total == 0:
        return None
    drop = floor(total * 0.004)
    top, bottom = span(mask.sum(axis=1), drop)
    left, right = span(mask.sum(axis=0), drop)
    return top, left, bottom - top, right - left


def span(sums, drop):
    after = np.cumsum(sums)
    before = np.cumsum(sums[::-1])
    return int(np.argmax(after > drop)), len(sums) - int(np.argmax(before > drop))


def surroundings(box, shape, whole):
    """A box of the shrunk picture and half its longer side around it, in pixels of the whole one."""
    top, left, height, width = box
    around = max(height, width) / 2
    down, across = whole[0] / shape[0], whole[1] / shape[1]
    return (
        max(0, floor((left - around) * across)),
        max(0, floor((top - around) * down)),
        min(whole[1], ceil((left + width + around) * across)),
        min(whole[0], ceil((top + height + around) * down)),
    )


def placed(ink, box, size):
    """The box in the middle of a picture of `size`, its tighter side five sixths of that, and its strongest ink 255."""
    top, left, height, width = box
    unit = max(height / size[0], width / size[1]) * 1.2
    rows, columns = (max(1, floor(unit * side + 0.5)) for side in size)
    y, x = top + (height - rows) // 2, left + (width - columns) // 2
    canvas = np.zeros((rows, columns), np.uint8)
    first, last = max(y, 0), min(y + rows, ink.shape[0])
    begin, end = max(x, 0), min(x + columns, ink.shape[1])
    canvas[first - y:last - y, begin - x:end - x] = ink[first:last, begin:end]
    small = np.asarray(Image.fromarray(canvas).resize((size[1], size[0]), Image.BILINEAR))
    strongest = int(small.max())
    return small if strongest == 0 else np.floor(small * (255 / strongest) + 0.5).astype(np.uint8)
