// The file of a worker that `classifyMany` is given.
import { serve } from 'depthwise/worker'

serve()
