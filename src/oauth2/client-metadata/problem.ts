/** What is wrong with a client's metadata. */
export interface ClientMetadataProblem {
  /** The member that is to be changed. */
  readonly member: string
  /** A sentence that names the member, what is wrong with it and what was expected, and repeats none of its value. */
  readonly problem: string
}
