/** `preprocessor_config.json` of `google/mobilenet_v2_1.0_224` on the Hugging Face Hub. */
export const mobileNetV2Preprocessor = {
  image_processor_type: 'MobileNetV2ImageProcessor',
  do_resize: true,
  size: { shortest_edge: 256 },
  resample: 2,
  do_center_crop: true,
  crop_size: { height: 224, width: 224 },
  do_rescale: true,
  rescale_factor: 1 / 255,
  do_normalize: true,
  image_mean: [0.5, 0.5, 0.5],
  image_std: [0.5, 0.5, 0.5],
} as const
