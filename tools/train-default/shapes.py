"""Thirty simple shapes, each in a few manners. Those that have no upright are turned any way, the others a little."""

import numpy as np

from geometry import Hand, mirrored, turned


def circle(h: Hand):
    return [h.ring(0.5, 0.5, 0.5 * h.between(0.9, 1.12), 0.5)]


def square(h: Hand):
    half = 0.5 * h.between(0.84, 1.2)
    return h.polygon((0.5 - half, 0), (0.5 + half, 0), (0.5 + half, 1), (0.5 - half, 1))


def triangle(h: Hand):
    apex = h.pick([0.5, 0.5, 0.5, 0, 1]) + h.between(-0.12, 0.12)
    strokes = h.polygon((apex, 0), (1.05, h.between(0.8, 1)), (-0.05, h.between(0.8, 1)))
    return turned(strokes, h.between(0, 360) if h.chance(0.35) else 0)


def star(h: Hand):
    spokes = h.pick([5, 5, 5, 5, 6, 4, 8])
    if spokes == 5 and h.chance(0.5):  # in one stroke, through the middle
        angles = np.radians(-90 + 144 * np.arange(6))
        points = np.stack([0.5 + 0.52 * np.cos(angles), 0.52 + 0.52 * np.sin(angles)], axis=1)
        return [h.line(*points[::h.pick([1, -1])])]
    inner = h.between(0.18, 0.28)
    angles = np.radians(-90 + 180 / spokes * np.arange(2 * spokes))
    radii = np.where(np.arange(2 * spokes) % 2 == 0, 0.52, inner)
    return h.polygon(*np.stack([0.5 + radii * np.cos(angles), 0.5 + radii * np.sin(angles)], axis=1), spread=0.8)


def heart(h: Hand):
    dip, high = h.between(0.16, 0.32), h.between(0.0, 0.08)
    side = h.between(0.25, 0.4)
    left = h.curve((0.5, dip), (0.34, high), (0.12, high + 0.03), (-0.02, side), (0.14, 0.62), (0.5, 1.0))
    right = h.curve((0.5, dip), (0.66, high), (0.88, high + 0.03), (1.02, side), (0.86, 0.62), (0.5, 1.0))
    return [np.concatenate([left[::-1], right])] if h.chance(0.5) else [left, right]


def arrow(h: Hand):
    head, wide = h.between(0.2, 0.42), h.between(0.14, 0.32)
    style = h.random.random()
    if style < 0.72:
        bend = h.between(-0.12, 0.12) if h.chance(0.3) else 0
        shaft = h.curve((0, 0.5), (0.5, 0.5 + bend), (1, 0.5))
        strokes = [shaft, h.line((1 - head, 0.5 - wide), (1, 0.5), (1 - head, 0.5 + wide))]
        if h.chance(0.2):  # a closed head
            strokes.append(h.line((1 - head, 0.5 - wide), (1 - head, 0.5 + wide)))
    else:  # an outline
        thin = wide * h.between(0.35, 0.6)
        up = [(0, 0.5 - thin), (1 - head, 0.5 - thin), (1 - head, 0.5 - wide), (1, 0.5)]
        strokes = h.polygon(*up, *[(x, 1 - y) for x, y in up[:3][::-1]])
    return turned(strokes, h.pick([0, 90, 180, 270]) + h.between(-30, 30) if h.chance(0.7) else h.between(0, 360))


def cross(h: Hand):
    """+ and x, and their outlines."""
    if h.chance(0.15):
        a, b = h.between(0.3, 0.38), h.between(0.62, 0.7)
        corners = [(a, 0), (b, 0), (b, a), (1, a), (1, b), (b, b), (b, 1), (a, 1), (a, b), (0, b), (0, a), (a, a)]
        return turned(h.polygon(*corners, spread=0.7), h.pick([0, 45]) + h.between(-12, 12))
    high = h.between(0.38, 0.55)
    strokes = [h.line((0.5, 0), (0.5, 1)), h.line((0.02, high), (0.98, high))]
    return turned(strokes, h.pick([0, 45]) + h.between(-14, 14))


def spiral(h: Hand):
    turns = h.between(1.7, 4)
    angles = np.linspace(0, 2 * np.pi * turns, int(30 * turns))
    radii = 0.5 * (angles / angles[-1]) ** h.between(0.7, 1.3)
    start = h.between(0, 6.3)
    way = h.pick([1, -1])
    x, y = radii * np.cos(start + way * angles), h.between(0.8, 1.0) * radii * np.sin(start + way * angles)
    wave = 1 + h.care * np.sin(angles * h.between(0.3, 1.2))
    return [np.stack([0.5 + x * wave, 0.5 + y * wave], axis=1)]


def lightning(h: Hand):
    if h.chance(0.6):  # an outline
        corners = [(0.6, 0), (0.15, 0.55), (0.48, 0.52), (0.28, 1.0), (0.85, 0.38), (0.52, 0.4), (0.85, 0.0)]
        if h.chance(0.35):
            corners = [(0.5, 0), (0.18, 0.58), (0.46, 0.55), (0.35, 1.0), (0.8, 0.36), (0.52, 0.38), (0.68, 0.0)]
        strokes = h.polygon(*corners, spread=1.2)
    else:
        strokes = [h.line((0.65, 0), (0.2, h.between(0.45, 0.58)), (0.75, h.between(0.4, 0.52)), (0.3, 1), spread=1.2)]
    return mirrored(strokes) if h.chance(0.3) else strokes


def house(h: Hand):
    eaves = h.between(0.35, 0.5)
    over = h.between(0, 0.12)
    walls = h.polygon((0.1, eaves), (0.9, eaves), (0.9, 1), (0.1, 1))
    if h.chance(0.3):
        walls = [h.line((0.1, eaves), (0.1, 1), (0.9, 1), (0.9, eaves))]
    roof = [h.line((0.1 - over, eaves), (0.5, 0), (0.9 + over, eaves))]
    strokes = walls + roof
    if h.chance(0.6):
        left = h.between(0.25, 0.6)
        strokes.append(h.line((left, 1), (left, 0.68), (left + 0.2, 0.68), (left + 0.2, 1)))
    if h.chance(0.35):
        strokes += h.polygon((0.62, 0.58), (0.78, 0.58), (0.78, 0.74), (0.62, 0.74), spread=0.5)
    if h.chance(0.25):
        strokes.append(h.line((0.7, 0.2), (0.7, 0.02), (0.82, 0.02), (0.82, 0.3)))
    return strokes


def moon(h: Hand):
    """A crescent."""
    bulge = h.between(0.05, 0.3)
    outer = h.arc(0.5, 0.5, 0.5, 0.5, 60, 300)
    inner = h.curve(outer[-1], (0.5 - bulge + 0.1, 0.28), (0.5 - bulge, 0.5), (0.5 - bulge + 0.1, 0.72), outer[0])
    strokes = [outer, inner]
    return turned(mirrored(strokes) if h.chance(0.4) else strokes, h.between(-45, 45))


def sun(h: Hand):
    core = h.between(0.2, 0.3)
    rays = h.pick([6, 7, 8, 8, 9, 10, 12])
    strokes = [h.ring(0.5, 0.5, core, core)]
    gap = h.between(-0.01, 0.08)
    for i in range(rays):
        angle = 2 * np.pi * (i + h.between(-0.15, 0.15)) / rays
        way = np.array([np.cos(angle), np.sin(angle)])
        strokes.append(h.line(0.5 + (core + gap) * way, 0.5 + h.between(0.42, 0.54) * way, spread=0.5))
    return strokes


def cloud(h: Hand):
    bumps = h.pick([4, 5, 5, 6, 7])
    flat = h.chance(0.5)
    first, last = (-180, 0) if flat else (0, 360)
    angles = np.radians(np.linspace(first, last, bumps + 1) + (0 if flat else h.between(0, 90)))
    ends = np.stack([0.5 + 0.42 * np.cos(angles), 0.5 + 0.26 * np.sin(angles)], axis=1)
    strokes = [bump(h, a, b) for a, b in zip(ends[:-1], ends[1:])]
    if flat:
        strokes.append(h.line((0.08, 0.5), (0.92, 0.5)) if h.chance(0.6) else h.curve((0.08, 0.5), (0.5, 0.62), (0.92, 0.5)))
    return [np.concatenate(strokes)] if h.chance(0.7) else strokes


def bump(h: Hand, a, b):
    """Half a ring over the way from a to b, outwards of the middle."""
    middle = (a + b) / 2
    out = middle - 0.5
    out = out / (np.hypot(*out) + 1e-9) * np.hypot(*(b - a)) * h.between(0.4, 0.75)
    return h.curve(a, a + 0.8 * out, middle + out, b + 0.8 * out, b, spread=0.5)


def tree(h: Hand):
    trunk = h.between(0.62, 0.75)
    thick = h.between(0.05, 0.09)
    stem = [h.line((0.5 - thick, trunk), (0.5 - thick, 1)), h.line((0.5 + thick, trunk), (0.5 + thick, 1))]
    style = h.random.random()
    if style < 0.35:  # a fir of two or three storeys, or of one
        storeys = h.pick([1, 2, 3, 3])
        strokes = stem
        for i in range(storeys):
            low, top = trunk * (i + 1) / storeys, max(0, trunk * (i - 0.25) / storeys)
            wide = 0.2 + 0.2 * (i + 1) / storeys
            strokes += h.polygon((0.5, top), (0.5 + wide, low), (0.5 - wide, low), spread=0.8)
        return strokes
    if style < 0.65:
        return stem + [h.ring(0.5, trunk / 2, h.between(0.3, 0.42), trunk / 2)]
    crown = [np.array([0.5, 0.5]) + (p - 0.5) * [0.9, 0.9] - [0, 0.18] for p in cloud_ring(h)]
    return stem + crown


def cloud_ring(h: Hand):
    bumps = h.pick([5, 6, 7])
    angles = np.radians(np.linspace(0, 360, bumps + 1) + h.between(0, 90))
    ends = np.stack([0.5 + 0.32 * np.cos(angles), 0.5 + 0.26 * np.sin(angles)], axis=1)
    return [bump(h, a, b) for a, b in zip(ends[:-1], ends[1:])]


def flower(h: Hand):
    petals = h.pick([5, 5, 6, 6, 7, 8])
    stem = h.chance(0.7)
    y = 0.32 if stem else 0.5
    core, reach = (0.08, 0.3) if stem else (0.13, 0.5)
    strokes = [h.ring(0.5, y, core, core)]
    start = h.between(0, 6.3)
    for i in range(petals):
        angle = start + 2 * np.pi * i / petals
        way = np.array([np.cos(angle), np.sin(angle)])
        across = np.array([-way[1], way[0]]) * np.pi / petals * reach * 0.62
        middle = np.array([0.5, y])
        near, far = middle + way * core, middle + way * reach
        strokes.append(h.curve(near, near * 0.45 + far * 0.55 + across, far, near * 0.45 + far * 0.55 - across, near, spread=0.5))
    if stem:
        strokes.append(h.curve((0.5, 0.6), (0.5 + h.between(-0.05, 0.05), 0.8), (0.5, 1.05)))
        for side in (-1, 1):
            if h.chance(0.5):
                strokes.append(h.curve((0.5, 0.95), (0.5 + side * 0.1, 0.78), (0.5 + side * 0.25, 0.74), (0.5 + side * 0.14, 0.9), (0.5, 0.95)))
    return strokes


def face(h: Hand):
    """A smiley, or one that is not amused."""
    strokes = [h.ring(0.5, 0.5, 0.5 * h.between(0.85, 1.1), 0.5)]
    apart, height = h.between(0.14, 0.22), h.between(0.32, 0.42)
    size = h.between(0.02, 0.06)
    for side in (-1, 1):
        x = 0.5 + side * apart
        style = h.random.random()
        eye = h.ring(x, height, size, size) if style < 0.6 else h.line((x, height - 0.05), (x, height + 0.05), spread=0.5)
        strokes.append(eye)
    bend = h.between(0.06, 0.16) * (1 if h.chance(0.8) else -1)
    low = h.between(0.62, 0.72)
    strokes.append(h.curve((0.27, low), (0.5, low + bend), (0.73, low), spread=0.8))
    if h.chance(0.25):
        strokes.append(h.line((0.5, 0.46), (0.48, 0.56), (0.53, 0.57), spread=0.5))
    return strokes


def check(h: Hand):
    low = h.between(0.22, 0.4)
    left, right = (0, h.between(0.45, 0.66)), (1, h.between(-0.05, 0.15))
    if h.chance(0.7):
        return [h.line(left, (low, 1), right)]
    return [h.curve(left, (low * 0.6, 0.8), (low, 1)), h.curve((low, 1), (0.6, 0.5), right)]


def diamond(h: Hand):
    half = h.between(0.3, 0.52)
    return h.polygon((0.5, 0), (0.5 + half, 0.5), (0.5, 1), (0.5 - half, 0.5))


def hexagon(h: Hand):
    angles = np.radians(60 * np.arange(6) + h.pick([0, 30]) + h.between(-10, 10))
    tall = h.between(0.42, 0.55)
    return h.polygon(*np.stack([0.5 + 0.5 * np.cos(angles), 0.5 + tall * np.sin(angles)], axis=1), spread=0.7)


def envelope(h: Hand):
    top, low = h.between(0.15, 0.22), h.between(0.76, 0.86)
    strokes = h.polygon((0, top), (1, top), (1, low), (0, low))
    fold = (0.5, h.between(0.45, 0.62))
    strokes.append(h.line((0, top), fold, (1, top)))
    if h.chance(0.3):
        strokes += [h.line((0, low), (0.38, fold[1] - 0.05)), h.line((1, low), (0.62, fold[1] - 0.05))]
    return strokes


def flag(h: Hand):
    low = h.between(0.42, 0.56)
    pole = h.line((0.15, 0), (0.15, 1))
    style = h.random.random()
    if style < 0.4:
        cloth = h.line((0.15, 0.03), (0.95, 0.03), (0.95, low), (0.15, low))
    elif style < 0.65:
        cloth = h.line((0.15, 0.02), (0.9, low / 2), (0.15, low))
    else:
        wave = h.between(0.05, 0.1)
        up = h.curve((0.15, 0.05), (0.4, 0.05 - wave), (0.68, 0.05 + wave), (0.95, 0.04), spread=0.6)
        down = h.curve((0.15, low), (0.4, low - wave), (0.68, low + wave), (0.95, low), spread=0.6)
        return [pole, np.concatenate([up, down[::-1]])]
    strokes = [pole, cloth]
    return mirrored(strokes) if h.chance(0.15) else strokes


def fish(h: Hand):
    tall = h.between(0.2, 0.32)
    x = 0.72
    back = h.curve((0, 0.5), (0.2, 0.5 - tall * 0.8), (0.42, 0.5 - tall), (x, 0.5), (1, 0.5 + tall * 0.8))
    belly = h.curve((0, 0.5), (0.2, 0.5 + tall * 0.8), (0.42, 0.5 + tall), (x, 0.5), (1, 0.5 - tall * 0.8))
    if h.chance(0.5):
        strokes = [back, belly, h.line((1, 0.5 - tall * 0.8), (1, 0.5 + tall * 0.8))]
    else:
        strokes = [h.ring(0.4, 0.5, 0.4, tall), *h.polygon((0.78, 0.5), (1.05, 0.5 - tall), (1.05, 0.5 + tall))]
    if h.chance(0.75):
        strokes.append(h.ring(0.17, 0.45, 0.03, 0.03))
    if h.chance(0.25):
        strokes.append(h.curve((0.3, 0.36), (0.36, 0.5), (0.3, 0.64)))
    return mirrored(strokes) if h.chance(0.5) else strokes


def cup(h: Hand):
    narrow = h.between(0, 0.14)
    left, right, low = 0.05 + narrow, 0.75 - narrow, 1.0
    strokes = []
    if h.chance(0.5):  # seen from above
        strokes += [h.ring(0.4, 0.12, 0.36, 0.1), h.line((0.04, 0.12), (left, low), (right, low), (0.76, 0.12))]
    else:
        strokes += h.polygon((0.05, 0.05), (0.75, 0.05), (right, low), (left, low))
    strokes.append(h.curve((0.74, 0.25), (0.95, 0.22), (1.03, 0.45), (0.92, 0.66), (0.72, 0.68)))
    if h.chance(0.3):
        strokes += [h.curve((x, -0.05), (x + 0.05, -0.15), (x - 0.03, -0.22), (x + 0.02, -0.32)) for x in (0.3, 0.5)]
    return mirrored(strokes) if h.chance(0.25) else strokes


def umbrella(h: Hand):
    rim = h.between(0.45, 0.52)
    dome = h.arc(0.5, rim, 0.5, rim * 0.95, 180, 360)
    ribs = h.pick([1, 3, 4, 5])
    if ribs == 1:
        lower = [h.line((0, rim), (1, rim))]
    else:
        xs = np.linspace(0, 1, ribs + 1)
        lower = [h.curve((a, rim), ((a + b) / 2, rim - 0.09), (b, rim), spread=0.4) for a, b in zip(xs[:-1], xs[1:])]
    side = h.pick([-1, 1])
    hook = h.curve((0.5, rim - 0.1), (0.5, 0.9), (0.5 + side * 0.07, 1.0), (0.5 + side * 0.17, 0.96), (0.5 + side * 0.18, 0.86))
    return [dome, *lower, hook]


def person(h: Hand):
    head = h.between(0.1, 0.16)
    hip = h.between(0.58, 0.7)
    arms = h.between(0.36, 0.46)
    lift = h.between(-0.18, 0.16)
    spread = h.between(0.16, 0.32)
    strokes = [h.ring(0.5, head, head, head), h.line((0.5, 2 * head), (0.5, hip))]
    strokes.append(h.line((0.5 - 0.3, arms + lift), (0.5, arms), (0.5 + 0.3, arms + lift * h.pick([1, 1, -1]))))
    strokes.append(h.line((0.5 - spread, 1), (0.5, hip), (0.5 + spread, 1)))
    return strokes


def hourglass(h: Hand):
    half = h.between(0.28, 0.4)
    left, right = 0.5 - half, 0.5 + half
    if h.chance(0.6):
        return h.polygon((left, 0), (right, 0), (left, 1), (right, 1))
    waist = h.between(0.02, 0.06)
    return [h.line((left, 0), (right, 0)), h.line((left, 1), (right, 1)),
            h.curve((left, 0), (left + 0.05, 0.28), (0.5 - waist, 0.5), (left + 0.05, 0.72), (left, 1)),
            h.curve((right, 0), (right - 0.05, 0.28), (0.5 + waist, 0.5), (right - 0.05, 0.72), (right, 1))]


def ladder(h: Hand):
    rungs = h.pick([3, 4, 5, 6])
    half = h.between(0.17, 0.28)
    strokes = [h.line((0.5 + side * half, 0), (0.5 + side * half, 1)) for side in (-1, 1)]
    for i in range(rungs):
        y = (i + 0.6) / (rungs + 0.2)
        strokes.append(h.line((0.5 - half, y), (0.5 + half, y), spread=0.8))
    return turned(strokes, h.between(-20, 20))


def clock(h: Hand):
    strokes = [h.ring(0.5, 0.5, 0.5, 0.5)]
    first = h.between(0, 360)
    for length, angle in ((h.between(0.3, 0.42), first), (h.between(0.18, 0.28), first + h.between(40, 320))):
        way = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
        strokes.append(h.line((0.5, 0.5), 0.5 + length * way, spread=0.7))
    marks = h.pick([0, 0, 4, 12])
    for i in range(marks):
        way = np.array([np.cos(2 * np.pi * i / marks), np.sin(2 * np.pi * i / marks)])
        strokes.append(h.line(0.5 + 0.41 * way, 0.5 + 0.48 * way, spread=0.4))
    return strokes


def eye(h: Hand):
    tall = h.between(0.22, 0.36)
    up = h.curve((0, 0.5), (0.25, 0.5 - tall * 0.8), (0.5, 0.5 - tall), (0.75, 0.5 - tall * 0.8), (1, 0.5))
    low = h.curve((0, 0.5), (0.25, 0.5 + tall * 0.8), (0.5, 0.5 + tall), (0.75, 0.5 + tall * 0.8), (1, 0.5))
    iris = tall * h.between(0.5, 0.85)
    strokes = [up, low, h.ring(0.5, 0.5, iris, iris)]
    if h.chance(0.5):
        strokes.append(h.ring(0.5, 0.5, iris * 0.35, iris * 0.35))
    if h.chance(0.3):
        for x in np.linspace(0.15, 0.85, h.pick([3, 5])):
            way = np.array([(x - 0.5) * 0.4, -0.16])
            start = np.array([x, 0.5 - tall * (1 - (2 * x - 1) ** 2 * 0.75)])
            strokes.append(h.line(start, start + way, spread=0.4))
    return strokes


def boat(h: Hand):
    deck = h.between(0.62, 0.72)
    hull = h.polygon((0, deck), (1, deck), (h.between(0.75, 0.86), 1), (h.between(0.14, 0.25), 1))
    mast = h.between(0.42, 0.58)
    strokes = hull + [h.line((mast, deck), (mast, 0))]
    low = deck - h.between(0.03, 0.1)
    strokes.append(h.line((mast, 0.02), (0.95, low), (mast, low)))
    if h.chance(0.5):
        strokes.append(h.line((mast, 0.1), (0.08, low), (mast, low)))
    return mirrored(strokes) if h.chance(0.3) else strokes


shapes = {
    each.__name__: each
    for each in (circle, square, triangle, star, heart, arrow, cross, spiral, lightning, house, moon, sun, cloud, tree,
                 flower, face, check, diamond, hexagon, envelope, flag, fish, cup, umbrella, person, hourglass, ladder,
                 clock, eye, boat)
}
