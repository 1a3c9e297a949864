"""`python3 export.py RUN FILE.npz`: the trained parameters by the names of the graph's, for save.ts; prints the labels."""

import sys

import numpy as np

from network import parameters_of
from paper import labels
from real import loaded


def main():
    run, file = sys.argv[1:]
    np.savez(file, **parameters_of(loaded(run)))
    print(','.join(labels))


if __name__ == '__main__':
    main()
