/** What JSON can hold. Opaque payloads of job kinds are of this type outside their own room. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
