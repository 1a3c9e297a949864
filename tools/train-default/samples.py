"""Draws what `depthwise start` looks at: `python3 samples.py` writes ../../packages/cli/samples/*.png."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from geometry import Hand
from paper import distorted, fitted, inked, makers

# Name, seed, size of the sheet, length and thickness of the drawing, ground and ink.
SHEETS = [
    ('3', 4, (180, 150), 120, 7, 255, 20),
    ('7', 12, (320, 240), 60, 3, 240, 60),
    ('heart', 9, (160, 160), 120, 5, 25, 240),
    ('house', 14, (200, 240), 150, 3, 'lamp', 60),
    ('spiral', 6, (160, 200), 130, 4, 255, 0),
    ('star', 7, (200, 200), 110, 9, 250, 90),
]


def main():
    folder = Path(__file__).parent / '../../packages/cli/samples'
    folder.mkdir(exist_ok=True)
    for label, seed, (height, width), length, thick, ground, ink in SHEETS:
        h = Hand(3_000_000_000 + seed)
        strokes = fitted(distorted(h, makers[label](h), label.isdigit(), False))
        cover = inked(h, strokes, (height, width), length, thick, 3)
        if ground == 'lamp':
            y, x = np.mgrid[-1:1:height * 1j, -1:1:width * 1j]
            ground = np.round(205 + 35 * x - 30 * y * y + 10 * y)
        sheet = Image.fromarray(np.clip(ground + (ink - ground) * cover, 0, 255).astype(np.uint8))
        sheet.filter(ImageFilter.GaussianBlur(0.5)).save(folder / f'{label}.png', optimize=True)


if __name__ == '__main__':
    main()
