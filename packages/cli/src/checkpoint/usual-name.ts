/** The network that classifies and embeds where none is named. */
export const usualName = 'mobilenet_v2_1.0_224'
