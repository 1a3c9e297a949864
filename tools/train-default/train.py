"""Trains on the shards of folders. `python3 train.py FOLDER[:FOLDER] RUN PASSES [FROM]`; killed, it goes on where it saved.

FROM is an earlier run, whose weights this one begins with, at a lower rate.

Seeded: equal shards, settings and torch make equal weights on one machine. Cosine schedule with warm-up over the batches of
all passes; the weights that are kept are a moving average of those that the optimiser holds.
"""

import copy
import os
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from network import MobileNetV2
from paper import labels

PEAK = 4e-3
PEAK_LATER = 1.5e-3
BATCH = 128
MEMORY = 0.998
SMOOTHING = 0.05


def load(folders):
    paths = (path for folder in folders.split(':') for path in sorted(Path(folder).glob('*.npz')))
    files = [path for path in paths if 'partial' not in path.name]
    parts = [np.load(path) for path in files]
    return [torch.from_numpy(np.concatenate([part[key] for part in parts])) for key in ('images', 'classes', 'among')]


def varied(images, random):
    """Once more a little different: shifted, scaled and turned; strokes thicker, thinner, softer or fainter."""
    count = len(images)
    x = images.float().div_(255)[:, None]
    angle = (torch.rand(count, generator=random) - 0.5) * 0.24
    size = torch.exp((torch.rand(count, 2, generator=random) - 0.5) * 0.3)
    shift = (torch.rand(count, 2, generator=random) - 0.5) * 0.16
    cos, sin = torch.cos(angle), torch.sin(angle)
    rows = [torch.stack([cos * size[:, 0], -sin * size[:, 0], shift[:, 0]], 1),
            torch.stack([sin * size[:, 1], cos * size[:, 1], shift[:, 1]], 1)]
    x = F.grid_sample(x, F.affine_grid(torch.stack(rows, 1), x.shape, align_corners=False), align_corners=False)
    change = torch.rand(count, generator=random)
    bolder, finer = change < 0.12, (change > 0.12) & (change < 0.2)
    softer = (change > 0.2) & (change < 0.3)
    x[bolder] = F.max_pool2d(x[bolder], 3, 1, 1)
    x[finer] = 0.5 * x[finer] - 0.5 * F.max_pool2d(-x[finer], 3, 1, 1)
    x[softer] = F.avg_pool2d(x[softer], 3, 1, 1)
    power = torch.exp((torch.rand(count, 1, 1, 1, generator=random) - 0.5) * 0.9)
    return x.clamp_(0, 1).pow_(power)


def loss_of(logits, classes, among):
    """All classes; and for digits once more among the digits alone, which is how `--among 0,1,..,9` will ask."""
    whole = F.cross_entropy(logits, classes, reduction='none', label_smoothing=SMOOTHING)
    digit = classes < 10
    alone = F.cross_entropy(logits[digit, :10], classes[digit], reduction='sum', label_smoothing=SMOOTHING)
    return ((whole * (1 - among)).sum() + 0.6 * alone) / len(classes)


def main():
    shards, run, passes = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])
    earlier = Path(sys.argv[4]) if len(sys.argv) > 4 else None
    batch = BATCH
    run.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(int(os.environ.get('THREADS', '1')))
    torch.manual_seed(1)
    images, classes, among = load(shards)
    steps = int(passes * len(images) / batch)
    network = MobileNetV2(len(labels)).to(memory_format=torch.channels_last)
    if earlier:
        network.load_state_dict(torch.load(earlier / 'state.pt')['average'])
    average = copy.deepcopy(network)
    decayed = [p for p in network.parameters() if p.ndim > 1]
    plain = [p for p in network.parameters() if p.ndim <= 1]
    groups = [{'params': decayed, 'weight_decay': 0.02}, {'params': plain, 'weight_decay': 0}]
    optimiser = torch.optim.AdamW(groups, lr=PEAK_LATER if earlier else PEAK, betas=(0.9, 0.99))
    warm = max(1, min(500, steps // 20))
    rate = lambda step: min((step + 1) / warm, 0.5 + 0.5 * np.cos(np.pi * min(1, step / steps)) + 1e-3)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, rate)
    start = 0
    saved = run / 'state.pt'
    if saved.exists():
        state = torch.load(saved)
        start = state['step']
        for part, key in ((network, 'network'), (average, 'average'), (optimiser, 'optimiser'), (schedule, 'schedule')):
            part.load_state_dict(state[key])
    began, right, seen, total = time.time(), 0, 0, 0.0
    for step in range(start, steps):
        random = torch.Generator().manual_seed(step)
        chosen = torch.randint(len(images), (batch,), generator=random)
        x = varied(images[chosen], random).contiguous(memory_format=torch.channels_last)
        y, only = classes[chosen].long(), among[chosen].float()
        torch.manual_seed(step)
        network.train()
        logits = network(x)
        loss = loss_of(logits, y, only)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        schedule.step()
        memory = min(MEMORY, (1 + step) / (20 + step))
        with torch.no_grad():
            for kept, now in zip(average.state_dict().values(), network.state_dict().values()):
                if kept.is_floating_point():
                    kept.lerp_(now, 1 - memory)
                else:
                    kept.copy_(now)
        right += int((logits.argmax(1) == y).sum())
        seen += len(y)
        total += float(loss) * len(y)
        if (step + 1) % 100 == 0 or step + 1 == steps:
            spent = time.time() - began
            print(f'{step + 1}/{steps} loss {total / seen:.3f} right {right / seen:.4f} {spent:.0f} s', flush=True)
            right, seen, total = 0, 0, 0.0
        if (step + 1) % 500 == 0 or step + 1 == steps:
            parts = {'network': network, 'average': average, 'optimiser': optimiser, 'schedule': schedule}
            torch.save({'step': step + 1, **{key: part.state_dict() for key, part in parts.items()}}, run / 'partial.pt')
            (run / 'partial.pt').rename(saved)


if __name__ == '__main__':
    main()
