import { serve } from './platform/node/thread.ts'

await serve()
