/**
 * What one timeline file may hold. 60 MB of Premiere's XML (more than a feature film with all its keyframes) has 3
 * million tags and is read in 900 MB of memory; hostile files of exactly these sizes stay in the same order.
 */
export const timelineLimits = {
  /** Of the file itself, or of the document in a bundle. */
  fileSizeBytes: 64 * 1024 * 1024,
  /** Of an EDL: some 100,000 events. */
  edlSizeBytes: 16 * 1024 * 1024,
  /** Opening, closing and empty tags of an XML file, read or not. */
  xmlTags: 4_000_000,
  /** Elements, but for those that a reader never looks at. */
  xmlElements: 2_000_000,
  /** Attributes of an XML file, counted generously. */
  xmlAttributes: 1_000_000,
  /** Of one tag with its attributes. */
  xmlTagLength: 256 * 1024,
  /** Of one text: Kdenlive keeps pictures of titles in it. The parser needs 36 times as much memory for a while. */
  xmlTextLength: 8 * 1024 * 1024,
  /** Objects of a JSON file, and lists. */
  jsonObjects: 2_000_000,
  /** Elements or objects in each other: an xmeml sequence in a sequence takes 5 of them. */
  depth: 256
} as const
