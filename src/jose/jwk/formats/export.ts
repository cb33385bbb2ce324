import type { CryptoBackend, KeyMembers } from '../../../crypto/backend.ts'
import { JoseError } from '../../errors.ts'
import { writeEncryptedPkcs8 } from './encrypted-pkcs8.ts'
import { writePem } from './pem.ts'
import { writePkcs1Private, writePkcs1Public, writePkcs8, writeSec1, writeSpki } from './write.ts'

export { writeSshKey } from './openssh.ts'

/** `spki` for every kind of key; `pkcs1` for RSA only. */
export type PublicForm = 'spki' | 'pkcs1'

/** `pkcs8` for every kind of key; `pkcs1` for RSA and `sec1` for EC keys only. */
export type PrivateForm = 'pkcs8' | 'pkcs1' | 'sec1'

/** A form of DER with its name in PEM, and the one type of key that it can say, where it is one. */
interface Form {
  readonly label: string
  readonly kty?: string
  readonly write: (members: KeyMembers) => Uint8Array
}

const publicForms: Readonly<Record<PublicForm, Form>> = {
  spki: { label: 'PUBLIC KEY', write: writeSpki },
  pkcs1: { label: 'RSA PUBLIC KEY', kty: 'RSA', write: writePkcs1Public },
}

const privateForms: Readonly<Record<PrivateForm, Form>> = {
  pkcs8: { label: 'PRIVATE KEY', write: writePkcs8 },
  pkcs1: { label: 'RSA PRIVATE KEY', kty: 'RSA', write: writePkcs1Private },
  sec1: { label: 'EC PRIVATE KEY', kty: 'EC', write: (members) => writeSec1(members) },
}

export interface Written {
  readonly label: string
  readonly der: Uint8Array
}

export function writePublic(members: KeyMembers, form: PublicForm): Written {
  return write(members, publicForms[form])
}

/** @throws JoseError where the key has no such form, or where one other than PKCS #8 is to be encrypted. */
export async function writePrivate(
  members: KeyMembers,
  form: PrivateForm,
  password: string | Uint8Array | undefined,
  backend: CryptoBackend,
): Promise<Written> {
  const plain = write(members, privateForms[form])
  if (password === undefined) return plain
  if (form !== 'pkcs8') throw new JoseError('key_unsupported', 'only PKCS #8 is encrypted: expected "form" "pkcs8"')
  if (password.length === 0)
    throw new JoseError('password_invalid', '"password" invalid: expected one that is not empty')
  return { label: 'ENCRYPTED PRIVATE KEY', der: await writeEncryptedPkcs8(plain.der, password, backend) }
}

function write(members: KeyMembers, { label, kty, write: toDer }: Form): Written {
  if (members.kty === 'oct' || (kty !== undefined && members.kty !== kty)) {
    throw new JoseError('key_unsupported', `key has no form "${label}": expected a key pair of type "${kty ?? 'any'}"`)
  }
  return { label, der: toDer(members) }
}

export function toPem({ label, der }: Written): string {
  return writePem(label, der)
}
