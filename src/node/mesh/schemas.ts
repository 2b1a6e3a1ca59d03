import { z } from 'zod'
import { isPeerId, type PeerId } from '../../model/index.ts'

export const peerIdSchema = z.custom<PeerId>(
  (value) => typeof value === 'string' && isPeerId(value),
  'not a peer id'
)
