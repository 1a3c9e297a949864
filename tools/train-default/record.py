"""Records what `isolate_drawing` makes of a few pictures, for the package's test of its own `isolateDrawing`.

`python3 record.py` writes ../../packages/models/test/drawings.npz: `N.picture` [height, width] and `N.drawing` [48, 48].
"""

from pathlib import Path

import numpy as np
from PIL import Image

from paper import picture_of
from prepare import isolate_drawing
from shards import HELD_OUT

# A class and a seed each: scans, screens and photos; and one picture larger than the working size, with a small drawing on it.
CHOSEN = [('2', 1), ('7', 12), ('star', 3), ('house', 4), ('0', 5), ('spiral', 6), ('4', 7), ('fish', 8), ('8', 9)]


def pictures():
    for label, seed in CHOSEN:
        yield picture_of(label, HELD_OUT * 2 + seed)[0]
    sheet = Image.new('L', (420, 300), 230)
    small, _ = picture_of('3', HELD_OUT * 2 + 21)
    sheet.paste(small.resize((60, 60), Image.BICUBIC), (300, 40))
    yield sheet
    yield Image.new('L', (30, 40), 128)


def main():
    arrays = {}
    for number, picture in enumerate(pictures()):
        arrays[f'{number}.picture'] = np.asarray(picture)
        arrays[f'{number}.drawing'] = isolate_drawing(picture, (48, 48))
    here = Path(__file__).parent
    np.savez_compressed(here / '../../packages/models/test/drawings.npz', **arrays)


if __name__ == '__main__':
    main()
