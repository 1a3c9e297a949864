import { FormatError, type Model, type Size2, type Tensor } from '@depthwise/core'
import { detectFormat, readModel, readNpz, readSafetensors, readTFLite, weightsOf } from '@depthwise/formats'
import { buildArchitecture, presets } from '@depthwise/models'
