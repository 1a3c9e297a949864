"""How the network does on digits that people wrote. They are for measuring alone: no training ever reads them.

`python3 real.py RUN DIGITS.PNG DIGITS.CSV.GZ`: 5000 digits of MNIST, 20 x 20 pixels (opencv-doc's examples/data/digits.png),
and 1797 of UCI's optical recognition data, 8 x 8 pixels (sklearn/datasets/data/digits.csv.gz of python3-sklearn).
"""

import gzip
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from network import MobileNetV2, as_stored
from paper import labels
from prepare import isolate_drawing


def mnist(path):
    """Fifty rows of a hundred, five rows a digit."""
    sheet = np.asarray(Image.open(path).convert('L'))
    cells = sheet.reshape(50, 20, 100, 20).transpose(0, 2, 1, 3).reshape(-1, 20, 20)
    # As MNIST has them: with four pixels of ground around.
    return np.pad(cells, ((0, 0), (4, 4), (4, 4))), np.repeat(np.arange(10), 500)


def uci(path):
    """Sums over 4 x 4 pixels, 0 to 16; eight pixels are too few for any filter, so they are made larger, as a viewer does."""
    rows = np.loadtxt(gzip.open(path), delimiter=',')
    small = (rows[:, :64] * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8)
    large = [np.asarray(Image.fromarray(np.pad(each, 1)).resize((40, 40), Image.BICUBIC)) for each in small]
    return np.stack(large), rows[:, 64].astype(int)


def prepared(pictures):
    return np.stack([isolate_drawing(Image.fromarray(each), (48, 48)) for each in pictures])


def loaded(run):
    network = MobileNetV2(len(labels))
    network.load_state_dict(torch.load(Path(run) / 'state.pt')['average'])
    return as_stored(network).eval()


def scores(network, drawings):
    with torch.no_grad():
        parts = torch.from_numpy(drawings).float().div(255)[:, None].split(500)
        return torch.cat([network(part) for part in parts]).numpy()


def main():
    run, mnist_path, uci_path = sys.argv[1:]
    network = loaded(run)
    for name, (pictures, classes) in (('MNIST', mnist(mnist_path)), ('UCI', uci(uci_path))):
        logits = scores(network, prepared(pictures))
        among, free = logits[:, :10].argmax(1), logits.argmax(1)
        print(f'{name}: {len(classes)} digits, among digits {np.mean(among == classes):.2%}, unrestricted {np.mean(free == classes):.2%}')
        for digit in range(10):
            own = classes == digit
            wrong = ', '.join(f'{labels[k]} {n}' for k, n in counted(among[own & (among != digit)]))
            stray = ', '.join(f'{labels[k]} {n}' for k, n in counted(free[own & (free > 9)]))
            print(f'  {digit}: {np.mean(among[own] == digit):.1%}  taken for {wrong or "-"}; unrestricted also for {stray or "-"}')


def counted(values):
    kinds, counts = np.unique(values, return_counts=True)
    return sorted(zip(kinds, counts), key=lambda pair: -pair[1])[:5]


if __name__ == '__main__':
    main()
