"""How the network does on drawings that it was not trained on. `python3 report.py RUN HELD_OUT_SHARDS`: figures as Markdown.

Also writes what tests need: `--sheet` puts the first drawings of each class on ../../packages/cli/test/held-out.png, as they
were drawn for the network: a row a class, 48 pixels a drawing, the seeds from HELD_OUT on.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from paper import labels
from real import loaded, scores
from train import load

ON_SHEET = 8


def main():
    network = loaded(sys.argv[1])
    images, classes, among = (part.numpy() for part in load(sys.argv[2]))
    if '--sheet' in sys.argv:
        sheet(images, classes, among)
    logits = scores(network, images)
    found = logits.argmax(1)
    plain = among == 0
    digit = classes < 10
    alone = logits[:, :10].argmax(1)
    print(f'{plain.sum()} drawings: {np.mean(found[plain] == classes[plain]):.2%} right.')
    print(f'Of {digit.sum()} digits, round zeros included, {np.mean(alone[digit] == classes[digit]):.2%} among the digits.\n')
    print('| class | right | taken for (share of the class, over 0.2 %) |')
    print('| ----- | ----: | ------------------------------------------ |')
    for place, label in enumerate(labels):
        own = plain & (classes == place)
        shares = np.bincount(found[own], minlength=len(labels)) / own.sum()
        wrong = [k for k in np.argsort(-shares) if k != place and shares[k] > 0.002]
        words = ', '.join(f'{labels[k]} {shares[k]:.1%}' for k in wrong)
        print(f'| {label} | {shares[place]:.1%} | {words} |')
    print()
    matrix(classes[plain], found[plain])


def matrix(classes, found):
    """Counts, a row a class, a column what it was taken for; `.` is none."""
    counts = np.zeros((len(labels), len(labels)), int)
    np.add.at(counts, (classes, found), 1)
    print('```')
    print(' ' * 9 + ''.join(f'{label[:4]:>5}' for label in labels))
    for label, row in zip(labels, counts):
        print(f'{label:<9}' + ''.join(f'{count or ".":>5}' for count in row))
    print('```')


def sheet(images, classes, among):
    rows = [images[(classes == place) & (among == 0)][:ON_SHEET] for place in range(len(labels))]
    Image.fromarray(np.concatenate([np.concatenate(list(row), axis=1) for row in rows])).save(
        Path(__file__).parent / '../../packages/cli/test/held-out.png', optimize=True)


if __name__ == '__main__':
    main()
