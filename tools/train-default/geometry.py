"""Strokes as arrays of points [n, 2], x to the right and y down, in about the unit square."""

import numpy as np


class Hand:
    """A hand that draws: every number it is asked for comes out a little different. One seed, one drawing."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        # How far control points stray; some people are careful, some are not.
        self.care = float(self.random.choice([0.012, 0.022, 0.035]))

    def between(self, least, most):
        return float(self.random.uniform(least, most))

    def chance(self, share):
        return bool(self.random.random() < share)

    def pick(self, options):
        return options[int(self.random.integers(len(options)))]

    def near(self, points, spread=1.0):
        points = np.asarray(points, dtype=np.float64)
        return points + self.random.normal(0.0, self.care * spread, points.shape)

    def line(self, *points, spread=1.0):
        """Straight from point to point, the corners never quite where they were meant to be."""
        return dense(self.near(points, spread))

    def curve(self, *points, spread=1.0):
        """A smooth way through all points (Catmull-Rom)."""
        return through(self.near(points, spread))

    def arc(self, x, y, across, down, start, end):
        """Part of an ellipse, angles in degrees, 0 to the right, 90 down. The radii drift a little on the way."""
        angles = np.radians(np.linspace(start, end, max(8, int(abs(end - start) / 9))))
        drift = 1 + self.between(-1.5, 1.5) * self.care * np.linspace(-1, 1, len(angles))
        wave = 1 + self.care * np.sin(2 * angles + self.between(0, 6.3)) * self.between(0, 1.5)
        return np.stack([x + across * drift * wave * np.cos(angles), y + down * drift * wave * np.sin(angles)], axis=1)

    def ring(self, x, y, across, down):
        """A closed ellipse as people close it: begun anywhere, ended a little early or late."""
        start = self.between(-150, -30) if self.chance(0.8) else self.between(0, 360)
        turn = self.between(335, 395) * self.pick([1, -1, -1])
        return self.arc(x, y, across, down, start, start + turn)

    def polygon(self, *points, spread=1.0):
        """Closed; one stroke, or a stroke a side."""
        corners = self.near([*points, points[0]], spread)
        corners[-1] = corners[0] + self.random.normal(0, self.care, 2)
        if self.chance(0.2):
            ends = corners + self.random.normal(0, self.care, corners.shape)
            return [dense(np.stack([corners[i], ends[i + 1]])) for i in range(len(corners) - 1)]
        return [dense(corners)]


def dense(points, step=0.03):
    """The same way, with a point every `step`."""
    points = np.asarray(points, dtype=np.float64)
    lengths = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    count = max(2, int(along[-1] / step) + 1)
    # Corners stay points of the way.
    at = np.union1d(np.linspace(0, along[-1], count), along)
    return np.stack([np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])], axis=1)


def through(points, step=8):
    """Catmull-Rom splines through all points, `step` points a piece."""
    points = np.asarray(points, dtype=np.float64)
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    a, b, c, d = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = np.linspace(0, 1, step, endpoint=False)[None, :, None]
    a, b, c, d = (each[:, None, :] for each in (a, b, c, d))
    ways = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.concatenate([ways.reshape(-1, 2), points[-1:]])


def turned(strokes, degrees):
    """Around the middle of the unit square."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return [(stroke - 0.5) @ turn + 0.5 for stroke in strokes]


def mirrored(strokes):
    return [stroke * [-1, 1] + [1, 0] for stroke in strokes]
