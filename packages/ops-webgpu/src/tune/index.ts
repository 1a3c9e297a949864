export { type Candidates, defaultCandidates } from './candidates.ts'
export { type TuneOptions, tune } from './tune.ts'
export { readTuning, type Trial, type Tuning, type TuningJSON } from './tuning.ts'
