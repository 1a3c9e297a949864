// The file that `workerUrl` names, where a page may not make workers from Blobs.
import { workerMain } from './wasm/threads/worker-main.ts'

workerMain()
