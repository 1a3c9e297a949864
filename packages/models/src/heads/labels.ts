/** Lists of names, separated by commas; `-` is an index that no class has. */
const list = (text: string): readonly string[] =>
  text
    .replaceAll('\n', ' ')
    .split(', ')
    .map(name => (name === '-' ? '???' : name))

/**
 * The 90 identifiers of COCO's detection challenge, less 1, with `???` where there is no class: what the outputs of TensorFlow's
 * detectors count.
 */
export const cocoLabels: readonly string[] =
  /* @__PURE__ */ list(`person, bicycle, car, motorcycle, airplane, bus, train, truck, boat, traffic light, fire hydrant, -, stop sign,
parking meter, bench, bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe, -, backpack, umbrella, -, -,
handbag, tie, suitcase, frisbee, skis, snowboard, sports ball, kite, baseball bat, baseball glove, skateboard,
surfboard, tennis racket, bottle, -, wine glass, cup, fork, knife, spoon, bowl, banana, apple, sandwich, orange,
broccoli, carrot, hot dog, pizza, donut, cake, chair, couch, potted plant, bed, -, dining table, -, -, toilet, -, tv,
laptop, mouse, remote, keyboard, cell phone, microwave, oven, toaster, sink, refrigerator, -, book, clock, vase,
scissors, teddy bear, hair drier, toothbrush`)

/** The 21 classes of Pascal VOC 2012, 0 being the background. */
export const pascalLabels: readonly string[] =
  /* @__PURE__ */ list(`background, aeroplane, bicycle, bird, boat, bottle, bus, car, cat, chair, cow, diningtable, dog, horse, motorbike,
person, pottedplant, sheep, sofa, train, tvmonitor`)
