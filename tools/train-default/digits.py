"""The ten digits in the manners in which people write them, about one high and 0.6 wide before they are distorted."""

from geometry import Hand


def zero(h: Hand):
    """Narrow to wide, closed, open at the top or run over its own start."""
    across = h.between(0.17, 0.42)
    start = h.between(-120, -40)
    turn = h.pick([h.between(345, 375), h.between(300, 345), h.between(375, 410)])
    way = -1 if h.chance(0.8) else 1
    ring = h.arc(0.5, 0.5, across, 0.5, start, start + way * turn)
    if h.chance(0.15):  # the last of it comes back inside
        tail = h.curve(ring[-1], (0.5, h.between(0.12, 0.3)), (0.5 + way * 0.1, h.between(0.15, 0.35)))
        return [ring, tail]
    return [ring]


def wide_zero(h: Hand):
    """As round as a circle: a zero only where nothing but digits is asked for."""
    return [h.ring(0.5, 0.5, h.between(0.42, 0.56), 0.5)]


def one(h: Hand):
    bend = h.between(-0.06, 0.06)
    stem = h.curve((0.5, 0), (0.5 + bend, 0.5), (0.5, 1))
    style = h.random.random()
    if style < 0.55:
        return [stem]
    reach, drop = h.between(0.1, 0.32), h.between(0.08, 0.34)
    flag = h.line((0.5 - reach, drop), (0.5, 0))
    base = h.line((0.5 - h.between(0.12, 0.34), 1), (0.5 + h.between(0.12, 0.34), 1))
    if style < 0.8:
        return [h.line((0.5 - reach, drop), (0.5, 0), (0.5 + bend, 1))]
    return [flag, stem, base] if style < 0.93 else [stem, base]


def two(h: Hand):
    top = [(h.between(0.02, 0.25), h.between(0.15, 0.34)), (0.25, 0.06), (0.52, 0), (0.82, 0.12), (0.86, 0.32)]
    if h.chance(0.12):
        top = top[1:]
    way = [(0.68, 0.55), (0.4, 0.78)]
    corner = (h.between(0.0, 0.16), h.between(0.93, 1.02))
    right = (h.between(0.8, 1.05), h.between(0.9, 1.06))
    style = h.random.random()
    if style < 0.42:  # a corner at the bottom
        return [h.curve(*top, *way, corner), h.line(corner, right, spread=0.7)]
    if style < 0.55:  # a wavy foot
        return [h.curve(*top, *way, corner), h.curve(corner, (0.3, 0.9), (0.65, 1.02), right)]
    if style < 0.88:  # a loop
        size = h.between(0.05, 0.17)
        loop = [(0.12, 0.97), (0.02, 0.97 - size), (0.16, 0.97 - 1.6 * size), (0.4, 0.9), (0.65, 1.0), right]
        return [h.curve(*top, *way, *loop)]
    # nearly a Z
    return [h.line((0.08, 0.08), (0.85, 0.03), corner, right)]


def three(h: Hand):
    middle = (h.between(0.28, 0.52), h.between(0.4, 0.52))
    belly = [(0.75, 0.56), (0.88, 0.75), (0.62, 0.98), (0.25, 0.99), (h.between(0.0, 0.14), h.between(0.78, 0.92))]
    if h.chance(0.22):  # flat-topped
        return [h.line((0.1, 0.02), (0.82, 0.0), middle), h.curve(middle, *belly)]
    start = (h.between(0.05, 0.2), h.between(0.06, 0.25))
    top = [start, (0.4, 0), (0.75, 0.08), (0.78, 0.25), (0.6, 0.42)]
    if h.chance(0.25):  # a little loop in the middle
        loop = [middle, (middle[0] - 0.07, middle[1] + 0.05), (middle[0] + 0.08, middle[1] + 0.06)]
        return [h.curve(*top, *loop, *belly)]
    if h.chance(0.25):  # one swing, hardly an edge
        return [h.curve(*top, (0.56, 0.47), *belly)]
    return [h.curve(*top, middle), h.curve(middle, *belly)]


def four(h: Hand):
    bar = h.between(0.45, 0.7)
    stem = h.between(0.6, 0.78)
    style = h.random.random()
    long = h.between(0.85, 1.1)
    if style < 0.5:  # open, two strokes
        left = [(h.between(0.08, 0.32), h.between(0.0, 0.12)), (h.between(0.02, 0.14), bar)]
        if h.chance(0.5):
            left = h.line(*left, (h.between(0.8, 1.05), bar - h.between(-0.04, 0.08)))
        else:
            left = h.curve(left[0], (0.1, bar * 0.7), (0.16, bar + 0.02), (0.5, bar + 0.01), (0.95, bar - 0.06))
        return [left, h.line((stem + h.between(0, 0.12), h.between(-0.08, 0.2)), (stem, 1.0))]
    if style < 0.68:  # open, the angle taken round in one go
        return [h.curve((0.15, 0.05), (0.05, 0.38), (0.2, bar), (0.6, bar - 0.1), (0.8, 0.05)),
                h.line((0.8, 0.05), (stem, 1))]
    top = (stem + h.between(-0.04, 0.08), 0.0)
    if style < 0.86:  # closed, one stroke
        return [h.line((stem, 1), top, (h.between(0.0, 0.12), bar), (long, bar + h.between(-0.05, 0.03)))]
    return [h.line(top, (h.between(0.0, 0.12), bar), (long, bar)), h.line(top, (stem, 1.0))]


def five(h: Hand):
    corner = (h.between(0.12, 0.28), h.between(0.38, 0.5))
    top = (h.between(0.16, 0.3), h.between(-0.02, 0.08))
    low = (h.between(0.0, 0.12), h.between(0.84, 0.98))
    belly = [(0.48, h.between(0.32, 0.42)), (0.82, 0.54), (0.84, 0.78), (0.55, 0.98), (0.25, 0.99), low]
    right = (h.between(0.72, 1.05), h.between(-0.1, 0.06))
    style = h.random.random()
    if style < 0.4:  # two strokes, the bar last and not always joined
        gap = h.between(-0.05, 0.12)
        return [h.line(top, corner), h.curve(corner, *belly), h.line((top[0] + gap, top[1]), right)]
    if style < 0.78:  # one stroke from the right
        return [h.line(right, top, corner), h.curve(corner, *belly)]
    # as round as an S
    return [h.curve(right, (0.4, 0.01), (0.2, 0.16), (0.3, 0.38), (0.6, 0.48), *belly[1:])]


def six(h: Hand):
    size = h.between(0.34, 0.6)
    top = 1 - size
    start = (h.between(0.42, 0.85), h.between(-0.02, 0.04))
    wide = h.between(0.6, 0.85)
    down = [(0.3 if h.chance(0.7) else 0.16, 0.25), (0.08, 0.6), (0.16, 0.9)]
    loop = [(0.45, 1.0), (wide, 0.86), (wide - 0.02, top + 0.16), (0.45, top + 0.03), (0.2, top + 0.18)]
    close = [(0.1, top + 0.34)] if h.chance(0.7) else []
    return [h.curve(start, *down, *loop, *close)]


def seven(h: Hand):
    left = (h.between(0.0, 0.15), h.between(-0.02, 0.1))
    corner = (h.between(0.78, 0.98), h.between(-0.04, 0.06))
    foot = (h.between(0.22, 0.6), 1.0)
    style = h.random.random()
    if style < 0.55:
        strokes = [h.line(left, corner, foot)]
    elif style < 0.85:
        strokes = [h.line(left, corner), h.curve(corner, (0.66, 0.35), (foot[0] + 0.04, 0.7), foot)]
    else:
        strokes = [h.curve(left, (0.35, 0.03), (0.8, 0.0), (0.82, 0.14), (0.55, 0.55), foot)]
    if h.chance(0.2):  # a serif
        strokes.append(h.line(left, (left[0] - 0.01, left[1] + h.between(0.1, 0.22))))
    if h.chance(0.32):
        height = h.between(0.42, 0.6)
        middle = corner[0] + (foot[0] - corner[0]) * height
        strokes.append(h.line((middle - h.between(0.18, 0.3), height), (middle + h.between(0.15, 0.3), height - 0.03)))
    return strokes


def eight(h: Hand):
    waist = h.between(0.38, 0.52)
    wide = h.between(0.2, 0.36)
    if h.chance(0.28):  # a ring on a ring
        below = h.between(0.24, 0.38)
        return [h.ring(0.5, waist / 2, wide, waist / 2), h.ring(0.5, (1 + waist) / 2, below, (1 - waist) / 2)]
    top, low = wide * h.between(0.75, 1.1), wide * h.between(0.9, 1.25)
    end = (0.5 + top * h.between(0.5, 1.1), h.between(0.02, 0.16))
    start = (0.5 + top * h.between(0.6, 1.1), h.between(0.0, 0.2))
    way = [(0.5, 0), (0.5 - top, waist * 0.45), (0.5, waist), (0.5 + low, (1 + waist) / 2), (0.5, 1.0),
           (0.5 - low, (1 + waist) / 2), (0.5, waist), (0.5 + top, waist * 0.5)]
    strokes = [h.curve(start, *way, end if h.chance(0.7) else (0.5 + 0.4 * top, 0.02))]
    return mirrored_eight(strokes) if h.chance(0.2) else strokes


def mirrored_eight(strokes):
    return [stroke * [-1, 1] + [1, 0] for stroke in strokes]


def nine(h: Hand):
    low = h.between(0.38, 0.56)
    right = h.between(0.7, 0.86)
    start = (right - h.between(0.0, 0.12), h.between(0.06, 0.22))
    loop = [start, (0.5, 0), (0.18, 0.12), (h.between(0.08, 0.18), low * 0.7), (0.38, low), (right - 0.1, low * 0.75)]
    top = (right, h.between(0.05, 0.2))
    style = h.random.random()
    if style < 0.45:  # a straight tail, back up the loop's side first
        foot = (right - h.between(-0.04, 0.25), 1.0)
        return [h.curve(*loop, top), h.line(top, foot)]
    if style < 0.62:  # a slanted one in one swing
        return [h.curve(*loop, (right, top[1] + 0.08), (right - 0.06, 0.5), (right - h.between(0.1, 0.35), 1.0))]
    if style < 0.85:  # a round one
        return [h.curve(*loop, top), h.curve(top, (right, 0.6), (right - 0.12, 0.92), (0.42, 1.0), (0.15, 0.92))]
    return [h.ring(0.45, low / 2, 0.32, low / 2), h.line((0.76, low * 0.4), (0.76 - h.between(-0.05, 0.2), 1))]


digits = {'0': zero, '1': one, '2': two, '3': three, '4': four, '5': five, '6': six, '7': seven, '8': eight, '9': nine}
