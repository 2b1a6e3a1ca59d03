import { join } from 'node:path'
import { z } from 'zod'
import { isPeerId, type PeerId } from '../../model/index.ts'
import type { Logger } from '../../protocol/index.ts'
import { readIfThere, writeFileAtomic } from '../atomic-file.ts'
import { plainAddress } from './address.ts'

/** Addresses of one peer that worked, and that it or somebody on the LAN says. */
interface Entry {
  good: string[]
  hints: string[]
}

const maxGood = 8
const maxHints = 8

const fileSchema = z.object({
  version: z.literal(1),
  peers: z.record(z.string(), z.array(z.string().max(255)).max(maxGood))
})

/**
 * Where members were reached (kept in `<home>/addresses.json`) and where they say they are (in memory).
 * A cache: a damaged file is left behind with a warning.
 */
export class AddressBook {
  readonly #path: string
  readonly #logger: Logger
  readonly #entries = new Map<PeerId, Entry>()
  #dirty = false
  #saving: Promise<void> | null = null

  private constructor(path: string, logger: Logger) {
    this.#path = path
    this.#logger = logger
  }

  static async load(home: string, logger: Logger): Promise<AddressBook> {
    const book = new AddressBook(join(home, 'addresses.json'), logger)
    try {
      const text = await readIfThere(book.#path)
      if (text === null) return book
      for (const [peer, addresses] of Object.entries(fileSchema.parse(JSON.parse(text)).peers)) {
        const good = addresses.map(plainAddress).filter((address) => address !== null)
        if (isPeerId(peer) && good.length > 0) book.#entries.set(peer, { good, hints: [] })
      }
    } catch (error) {
      logger.warn(
        { err: error, path: book.#path },
        'the remembered addresses cannot be read: starting without them'
      )
    }
    return book
  }

  /** This address led to the peer. Kept for the next start. */
  worked(peer: PeerId, text: string): void {
    const address = plainAddress(text)
    if (address === null) return
    const entry = this.#entry(peer)
    if (entry.good[0] === address) return
    entry.good = [address, ...entry.good.filter((known) => known !== address)].slice(0, maxGood)
    this.#dirty = true
    this.#saving ??= this.#save().finally(() => {
      this.#saving = null
    })
  }

  /** The peer, or an announcement, says that it is here now. Returns whether there was a usable address. */
  heard(peer: PeerId, texts: readonly string[]): boolean {
    const fresh = texts.map(plainAddress).filter((address) => address !== null)
    if (fresh.length === 0) return false
    const entry = this.#entry(peer)
    entry.hints = [...new Set([...fresh, ...entry.hints])].slice(0, maxHints)
    return true
  }

  /**
   * Where to try, best first: what was heard last and what worked last by turns, so that nobody's false
   * announcements can keep a node from the addresses that worked.
   */
  candidates(peer: PeerId): string[] {
    const entry = this.#entries.get(peer)
    if (!entry) return []
    const mixed: string[] = []
    for (let i = 0; i < Math.max(entry.hints.length, entry.good.length); i++) {
      for (const address of [entry.hints[i], entry.good[i]]) if (address !== undefined) mixed.push(address)
    }
    return [...new Set(mixed)]
  }

  /** Only members are remembered. */
  keepOnly(isMember: (peer: PeerId) => boolean): void {
    for (const peer of this.#entries.keys()) if (!isMember(peer)) this.#entries.delete(peer)
  }

  /** When all that worked is on disk. */
  async saved(): Promise<void> {
    await this.#saving
  }

  #entry(peer: PeerId): Entry {
    const entry = this.#entries.get(peer) ?? { good: [], hints: [] }
    this.#entries.set(peer, entry)
    return entry
  }

  async #save(): Promise<void> {
    while (this.#dirty) {
      this.#dirty = false
      const peers = Object.fromEntries(
        [...this.#entries]
          .filter(([, entry]) => entry.good.length > 0)
          .map(([peer, entry]) => [peer, entry.good])
      )
      try {
        await writeFileAtomic(this.#path, `${JSON.stringify({ version: 1, peers }, null, 1)}\n`)
      } catch (error) {
        this.#logger.warn({ err: error, path: this.#path }, 'the addresses of the peers could not be saved')
        return
      }
    }
  }
}
