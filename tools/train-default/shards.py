"""Prepared drawings in files: what training and the report read. `python3 shards.py FOLDER SHARDS [FIRST [second]]`.

`second`: digits in the manners of the second course, three times as many of each as of a shape.
"""

import sys
from pathlib import Path

import numpy as np

from paper import labels, picture_of
from prepare import isolate_drawing

SIDE = 48
A_CLASS = 40  # drawings a shard
HELD_OUT = 1_000_000_000  # seeds from here on are never trained on, second course or not


def shard(number, base=0, second=False):
    """Drawings [n, 48, 48], classes [n], and 1 where the class holds only among the digits [n]. One number, one content."""
    images, classes, among = [], [], []
    for index in range(A_CLASS):
        for place, label in enumerate(labels):
            # Digits are half of what people will ask about.
            for twin in range((3 if second else 2) if place < 10 else 1):
                seed = base + ((number * A_CLASS + index) * len(labels) + place) * (3 if second else 2) + twin
                picture, ambiguous = picture_of(label, seed, second)
                images.append(isolate_drawing(picture, (SIDE, SIDE)))
                classes.append(place)
                among.append(ambiguous)
    return np.stack(images), np.array(classes, np.uint8), np.array(among, np.uint8)


def main():
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    second = sys.argv[4:] == ['second']
    base = HELD_OUT if 'held' in folder.name else 0
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(first, first + count):
        path = folder / f'{number:04}.npz'
        if path.exists():
            continue
        images, classes, among = shard(number, base, second)
        partial = folder / f'{number:04}.partial.npz'
        np.savez(partial, images=images, classes=classes, among=among)
        partial.rename(path)


if __name__ == '__main__':
    main()
