"""`mobileNetV2({ alpha, inputShape: [48, 48, 1], classes, preset: 'torch' })` in torch, node for node, by the same names."""

import numpy as np
import torch
from torch import nn

ALPHA = 0.25
# Expansion, channels at alpha 1, repeats, stride (Sandler et al., 2018, table 2).
ROWS = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]


def divisible(channels):
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


class Block(nn.Module):
    def __init__(self, before, after, expansion, stride):
        super().__init__()
        wide = before * expansion
        self.expand = nn.Conv2d(before, wide, 1, bias=False) if expansion > 1 else None
        self.expand_BN = nn.BatchNorm2d(wide) if expansion > 1 else None
        self.depthwise = nn.Conv2d(wide, wide, 3, stride, 1, groups=wide, bias=False)
        self.depthwise_BN = nn.BatchNorm2d(wide)
        self.project = nn.Conv2d(wide, after, 1, bias=False)
        self.project_BN = nn.BatchNorm2d(after)
        self.shortcut = stride == 1 and before == after

    def forward(self, x):
        y = x
        if self.expand is not None:
            y = nn.functional.relu6(self.expand_BN(self.expand(y)))
        y = nn.functional.relu6(self.depthwise_BN(self.depthwise(y)))
        y = self.project_BN(self.project(y))
        return x + y if self.shortcut else y


class MobileNetV2(nn.Module):
    def __init__(self, classes, alpha=ALPHA):
        super().__init__()
        stem = divisible(32 * alpha)
        self.Conv1 = nn.Conv2d(1, stem, 3, 2, 1, bias=False)
        self.bn_Conv1 = nn.BatchNorm2d(stem)
        blocks, channels = [], stem
        for expansion, width, repeats, stride in ROWS:
            for repeat in range(repeats):
                after = divisible(width * alpha)
                blocks.append(Block(channels, after, expansion, stride if repeat == 0 else 1))
                channels = after
        self.blocks = nn.ModuleList(blocks)
        self.Conv_1 = nn.Conv2d(channels, 1280, 1, bias=False)
        self.Conv_1_bn = nn.BatchNorm2d(1280)
        self.dropout = nn.Dropout(0.2)
        self.predictions = nn.Linear(1280, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode='fan_out')

    def forward(self, x):
        x = nn.functional.relu6(self.bn_Conv1(self.Conv1(x)))
        for block in self.blocks:
            x = block(x)
        x = nn.functional.relu6(self.Conv_1_bn(self.Conv_1(x)))
        return self.predictions(self.dropout(x.mean(dim=(2, 3))))


def parameters_of(network):
    """Parameters by the names and in the layouts of @depthwise/core: HWIO, depthwise [3, 3, channels, 1], dense [in, out]."""
    parameters = {}
    for path, module in network.named_modules():
        node = named(path)
        if isinstance(module, nn.Conv2d):
            values = module.weight.detach().numpy()
            axes = (2, 3, 0, 1) if module.groups > 1 else (2, 3, 1, 0)
            parameters[f'{node}/weights'] = np.ascontiguousarray(values.transpose(axes))
        elif isinstance(module, nn.BatchNorm2d):
            roles = (module.weight, module.bias, module.running_mean, module.running_var)
            for role, values in zip(('gamma', 'beta', 'mean', 'variance'), roles):
                parameters[f'{node}/{role}'] = values.detach().numpy().copy()
        elif isinstance(module, nn.Linear):
            parameters[f'{node}/weights'] = np.ascontiguousarray(module.weight.detach().numpy().T)
            parameters[f'{node}/bias'] = module.bias.detach().numpy().copy()
    return parameters


def named(path):
    """Keras' names: `blocks.0.project_BN` is `expanded_conv_project_BN`, `blocks.3.expand` is `block_3_expand`."""
    if not path.startswith('blocks.'):
        return path
    _, index, *layer = path.split('.')
    return '_'.join(['expanded_conv' if index == '0' else f'block_{index}', *layer])


def as_stored(network):
    """The network with every number rounded to a half, as the file holds it."""
    with torch.no_grad():
        for values in [*network.parameters(), *network.buffers()]:
            if values.is_floating_point():
                values.copy_(values.half().float())
    return network
