"""Manners of the digits for a second course: those that digits.py has, and rarer ones that a first network took for others."""

from digits import digits
from geometry import Hand


def two(h: Hand):
    """With a loop at its foot as large as a bowl, the tail leaving to the right, level, up or down."""
    size = h.between(0.16, 0.42)
    left = h.between(-0.06, 0.12)
    top = [(h.between(0.02, 0.3), h.between(0.1, 0.3)), (0.3, 0.04), (0.58, 0), (0.82, 0.13), (0.8, 0.34)]
    if h.chance(0.3):
        top = top[h.pick([1, 2]):]
    low = 1 - size / 2
    loop = [(0.62, 0.62), (0.36, 0.95), (left + 0.12, 1.0), (left, low), (left + 0.14, 1 - size), (0.42, low - 0.02)]
    tail = [(0.68, h.between(0.9, 1.0)), (h.between(0.85, 1.15), h.between(0.84, 1.06))]
    return [h.curve(*top, *loop, *tail)]


def one(h: Hand):
    """With a flag as long as half the stem, steep or flat."""
    reach = h.between(0.2, 0.45)
    flag = h.curve((0.5 - reach, h.between(0.25, 0.55)), (0.5 - reach * 0.4, h.between(0.14, 0.26)), (0.5, 0))
    strokes = [flag, h.line((0.5, 0), (0.5 + h.between(-0.05, 0.05), 1))]
    if h.chance(0.3):
        strokes.append(h.line((0.3, 1), (0.72, 1)))
    return strokes


def four(h: Hand):
    """Leaning, the angle closed by hand: the stem short, or hardly above the bar."""
    bar = h.between(0.55, 0.75)
    top = (h.between(0.4, 0.62), 0)
    high = h.between(0.15, 0.5)
    right = (h.between(0.85, 1.0), bar - h.between(-0.03, 0.12))
    return [h.curve(top, (0.22, bar * 0.6), (0.04, bar - 0.03)), h.line((0.04, bar - 0.02), right),
            h.line((h.between(0.68, 0.84), high), (h.between(0.5, 0.68), 1))]


def five(h: Hand):
    """Small-bellied, the bar long and rising; or the belly almost closed."""
    corner = (h.between(0.1, 0.25), h.between(0.35, 0.5))
    top = (h.between(0.22, 0.36), h.between(0.05, 0.15))
    wide = h.between(0.45, 0.7)
    low = (h.between(-0.1, 0.1), h.between(0.82, 1.0))
    if h.chance(0.35):
        low = (corner[0] - 0.02, h.between(0.62, 0.75))
    belly = h.curve(corner, (wide * 0.6, corner[1] - 0.05), (wide, 0.62), (wide * 0.85, 0.88), (wide * 0.35, 0.99), low)
    return [h.line(top, corner), belly, h.line(top, (h.between(0.8, 1.15), h.between(-0.12, 0.02)))]


def seven(h: Hand):
    """With a hook, a wave or a drooping bar."""
    corner = (h.between(0.74, 0.92), h.between(0.0, 0.12))
    start = (h.between(0.0, 0.12), h.between(0.1, 0.34))
    bar = h.curve(start, (0.08, 0.08), (0.3, h.between(0.0, 0.1)), (0.55, h.between(0.04, 0.14)), corner)
    foot = (h.between(0.3, 0.8), 1)
    down = h.curve(corner, (corner[0] * 0.7 + foot[0] * 0.3 + h.between(-0.05, 0.1), 0.4), foot)
    return [bar, down]


def eight(h: Hand):
    """As two swings that cross, open at the top, the upper ring small or squeezed; begun at the right, ended above."""
    waist = h.between(0.38, 0.56)
    top, low = h.between(0.12, 0.28), h.between(0.16, 0.36)
    shift = h.between(-0.04, 0.14)
    start = (0.55 + shift + h.between(0.12, 0.4), h.between(0.0, 0.16))
    way = [(0.5 + shift, h.between(0.0, 0.06)), (0.5 + shift - top, waist * 0.5), (0.48, waist), (0.5 + low, (1 + waist) / 2),
           (0.46, 1), (0.46 - low, (1 + waist) / 2), (0.52, waist)]
    end = (0.5 + shift + h.between(0.1, 0.42), h.between(-0.02, 0.2))
    return [h.curve(start, *way, end)]


def nine(h: Hand):
    """Whose tail turns back far to the left, like a g or an open 3; the ring above may stay open."""
    low = h.between(0.36, 0.52)
    right = h.between(0.68, 0.84)
    ring = [(right - h.between(0, 0.2), h.between(0.02, 0.14)), (0.42, 0), (0.12, 0.14), (0.14, low * 0.8), (0.4, low),
            (right - 0.06, low * 0.7)]
    hook = [(right + 0.02, low * h.between(0.5, 0.9)), (right + h.between(-0.02, 0.06), 0.7), (right - 0.12, 0.95), (0.42, 1.0),
            (h.between(0.05, 0.25), h.between(0.78, 1.0))]
    return [h.curve(*ring, *hook)]


def zero(h: Hand):
    """Pointed, squeezed or ended inside, as when drawn without care."""
    across = h.between(0.2, 0.46)
    points = [(0.5 + h.between(-0.05, 0.25), h.between(0.0, 0.14)), (0.5 - across * 0.7, 0.14), (0.5 - across, 0.55),
              (0.5 - across * 0.4, 0.97), (0.5 + across * 0.5, 0.92), (0.5 + across, 0.5), (0.5 + across * 0.6, 0.12)]
    end = (0.5 + h.between(-0.25, 0.2), h.between(0.0, 0.2))
    return [h.curve(*points, end)]


more = {'0': zero, '1': one, '2': two, '4': four, '5': five, '7': seven, '8': eight, '9': nine}


def second_course(label, h: Hand):
    return more[label](h) if label in more and h.chance(0.6) else digits[label](h)
