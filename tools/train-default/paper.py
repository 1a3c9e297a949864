"""From strokes to pictures: how a hand leans and shakes, what it draws with and on, and how that is looked at."""

from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from digits import digits, wide_zero
from geometry import Hand
from more_digits import second_course
from shapes import shapes

makers = {**digits, **shapes}
labels = list(makers)


def picture_of(label, seed, second=False):
    """One drawing of a class as a PIL picture of grey levels, and whether it is only that among the digits.

    `second`: digits in the manners of the second course.
    """
    h = Hand(seed)
    digit = label in digits
    ambiguous = label == '0' and h.chance(0.25)
    maker = second_maker(label) if second and digit else makers[label]
    strokes = wide_zero(h) if ambiguous else maker(h)
    strokes = fitted(distorted(h, strokes, digit, ambiguous))
    return rendered(h, strokes, digit), ambiguous


def second_maker(label):
    return lambda h: second_course(label, h)


def distorted(h, strokes, digit, round_one):
    strokes = [shaken(h, ends(h, stroke)) for stroke in strokes]
    # The sheet is pulled about: two waves across everything.
    for _ in range(2):
        bend, phase = h.between(0, 0.045), h.between(0, 6.3)
        way, along = h.random.normal(0, 1, 2), h.random.normal(0, 1.1, 2)
        way = way / (np.hypot(*way) + 1e-9)
        strokes = [s + bend * way * np.sin(2 * np.pi * (s @ along)[:, None] * 0.7 + phase) for s in strokes]
    if digit:
        lean = np.clip(h.random.normal(0.14, 0.24), -0.45, 0.75)
        angle = h.between(-17, 17)
        stretch = 1 if round_one else np.exp(h.random.normal(0, 0.22))
    else:
        lean, angle = h.random.normal(0, 0.09), h.random.normal(0, 7)
        stretch = np.exp(h.random.normal(0, 0.06))
    turn = np.radians(angle)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    matrix = np.array([[stretch, 0], [-lean, 1]]) @ matrix if not round_one else matrix
    strokes = [(s - 0.5) @ matrix for s in strokes]
    # Seen from an angle.
    tilt = h.random.normal(0, 0.1, 2)
    return [s / (1 + s @ tilt)[:, None] for s in strokes]


def ends(h, stroke):
    """Strokes begin and end early or late, and sometimes with a hook where the pen came from or went on to."""
    if len(stroke) < 6:
        return stroke
    first = int(len(stroke) * max(0, h.random.normal(0, 0.015)))
    last = len(stroke) - int(len(stroke) * max(0, h.random.normal(0, 0.015)))
    stroke = stroke[first:last]
    for back in (False, True):
        if h.chance(0.05):
            at = stroke[-1] if back else stroke[0]
            hook = at + np.linspace(0, 1, 4)[1:, None] * h.random.normal(0, 0.05, 2)
            stroke = np.concatenate([stroke, hook] if back else [hook[::-1], stroke])
    return stroke


def shaken(h, stroke):
    """Slow wobble along the way, and quick tremor of an unsteady hand."""
    along = np.linspace(0, 1, len(stroke))[:, None]
    size = h.pick([0.0, 0.006, 0.012, 0.02])
    for waves in (1, 2, 4):
        stroke = stroke + size / waves * np.sin(2 * np.pi * waves * along + h.random.uniform(0, 6.3, 2)) * h.random.normal(0, 1, 2)
    if h.chance(0.12):
        stroke = stroke + h.random.normal(0, 0.008, stroke.shape)
    return stroke


def fitted(strokes):
    """Into the unit square's middle, proportions kept, the longer side 1."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    extent = max(high - low)
    return [(s - (low + high) / 2) / max(extent, 1e-6) for s in strokes]


def rendered(h, strokes, digit):
    style = h.random.random()
    if style < (0.55 if digit else 0.3):
        return scan(h, strokes, digit)
    return screen(h, strokes) if style < 0.75 else photo(h, strokes)


def inked(h, strokes, canvas, length, thick, fine):
    """Coverage 0..1 of a canvas (height, width), the drawing `length` long in it, drawn `fine` times as large first."""
    height, width = canvas
    spare_y, spare_x = max(0, height - length - thick), max(0, width - length - thick)
    middle = np.array([width / 2 + h.between(-0.5, 0.5) * spare_x, height / 2 + h.between(-0.5, 0.5) * spare_y])
    sheet = Image.new('L', (width * fine, height * fine), 0)
    pen = ImageDraw.Draw(sheet)
    pressed = h.chance(0.3)
    coarse = h.pick([1, 1, 1, 2, 3])  # a quick finger leaves few points
    rough = min(1.0, 0.55 + 0.45 * h.random.random())
    for stroke in strokes:
        way = stroke if coarse == 1 else np.concatenate([stroke[:-1:coarse], stroke[-1:]])
        points = (way * length + middle) * fine
        across = max(1.0, thick * fine)
        if pressed and across >= 3:
            brush(h, pen, points, across * rough, across)
            continue
        wide = max(1, int(across + 0.5))
        pen.line([tuple(p) for p in points], fill=255, width=wide, joint='curve' if wide > 2 else None)
        if wide > 2:
            for x, y in (points[0], points[-1]):
                pen.ellipse((x - wide / 2, y - wide / 2, x + wide / 2, y + wide / 2), fill=255)
    if fine > 1:
        sheet = sheet.resize((width, height), Image.BOX)
    return np.asarray(sheet, dtype=np.float32) / 255


def brush(h, pen, points, least, most):
    """A way of dots whose size comes and goes, as pressure and speed do."""
    lengths = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0], np.cumsum(lengths)])
    at = np.linspace(0, along[-1], max(2, int(along[-1] / max(1.0, least / 4))))
    xs, ys = np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])
    waves = 0.5 + 0.5 * np.sin(np.linspace(0, h.between(1, 9), len(at)) + h.between(0, 6.3))
    for x, y, r in zip(xs, ys, (least + (most - least) * waves) / 2):
        pen.ellipse((x - r, y - r, x + r, y + r), fill=255)


def scan(h, strokes, digit):
    """A small scan: some twenty pixels, soft edges, thick strokes; sometimes as coarse as eight pixels."""
    if digit and h.chance(0.12):
        side = h.pick([8, 10, 12])
        thick = side * h.between(0.08, 0.2)
        cover = inked(h, strokes, (side + 2, side + 2), side - thick, thick, 8)
    else:
        length = h.between(14, 26)
        thick = max(1.0, length * np.exp(h.between(np.log(0.05), np.log(0.21 if digit else 0.13))))
        side = int(length + thick + h.between(1, 10))
        cover = inked(h, strokes, (side, side), length, thick, 5)
    sheet = Image.fromarray((cover * 255).astype(np.uint8))
    if h.chance(0.5):
        sheet = sheet.filter(ImageFilter.GaussianBlur(h.between(0.2, 0.8)))
    if h.chance(0.3):  # looked at in another size
        bigger = int(sheet.width * h.between(1.3, 4))
        sheet = sheet.resize((bigger, bigger), h.pick([Image.BILINEAR, Image.BICUBIC, Image.NEAREST, Image.LANCZOS]))
    cover = np.asarray(sheet, dtype=np.float32) / 255
    cover = np.clip(cover * h.pick([1, 1.2, 1.6]), 0, 1)
    levels = cover * 255 + (h.random.normal(0, h.between(0, 12), cover.shape) if h.chance(0.2) else 0)
    if h.chance(0.3):
        levels = 255 - levels
    return Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))


def screen(h, strokes):
    """Drawn with finger or mouse: even ink on even ground, smooth edges or hard ones."""
    side = int(h.between(40, 120))
    length = side * h.between(0.45, 0.95)
    thick = max(0.8, length * np.exp(h.between(np.log(0.012), np.log(0.13))))
    cover = inked(h, strokes, (side, int(side * h.between(1, 1.4))), min(length, side - thick - 1), thick, 2 if h.chance(0.8) else 1)
    ground, ink = h.pick([(255, 0), (255, 0), (0, 255), (h.between(200, 255), h.between(0, 110)), (h.between(0, 60), h.between(130, 255))])
    levels = ground + (ink - ground) * cover
    return Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))


def photo(h, strokes):
    """Pen or pencil on paper, under a lamp: uneven ground, shadows, noise, blur, JPEG."""
    side = int(h.between(70, 130))
    length = side * h.between(0.3, 0.85)
    thick = max(1.0, length * np.exp(h.between(np.log(0.015), np.log(0.1))))
    wide = int(side * h.between(1, 1.35))
    cover = inked(h, strokes, (side, wide), length, thick, 2)
    y, x = np.mgrid[-1:1:side * 1j, -1:1:wide * 1j]
    ground = h.between(130, 245) * np.ones_like(x)
    ground += h.between(0, 60) * (x * h.between(-1, 1) + y * h.between(-1, 1))
    ground -= h.between(0, 50) * (x**2 + y**2) * (1 if h.chance(0.5) else 0)
    if h.chance(0.35):  # a shadow with a soft edge
        angle = h.between(0, 6.3)
        edge = x * np.cos(angle) + y * np.sin(angle) - h.between(-0.6, 0.6)
        ground -= h.between(10, 70) / (1 + np.exp(-edge / h.between(0.03, 0.3)))
    if h.chance(0.3):  # grain
        grain = Image.fromarray((h.random.random((side // 6 + 2, wide // 6 + 2)) * 255).astype(np.uint8))
        ground += h.between(0, 14) * (np.asarray(grain.resize((wide, side), Image.BICUBIC), dtype=np.float32) / 255 - 0.5)
    ink = np.full_like(ground, h.between(10, 90))
    strength = h.between(0.45, 1.0)
    if h.chance(0.35):  # a pencil catches on the paper
        strength = strength * (1 - h.between(0, 0.6) * h.random.random(cover.shape))
    levels = ground + (np.minimum(ink, ground - 25) - ground) * cover * strength
    if h.chance(0.12):  # chalk
        levels = 255 - levels
    sheet = Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))
    if h.chance(0.6):
        sheet = sheet.filter(ImageFilter.GaussianBlur(h.between(0.3, 1.3)))
    noise = h.random.normal(0, h.between(0, 8), (side, wide))
    sheet = Image.fromarray(np.clip(np.asarray(sheet, dtype=np.float32) + noise, 0, 255).astype(np.uint8))
    if h.chance(0.5):
        packed = BytesIO()
        sheet.save(packed, 'JPEG', quality=int(h.between(20, 85)))
        sheet = Image.open(packed).convert('L')
    return sheet
