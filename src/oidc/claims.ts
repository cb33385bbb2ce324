/** The standard claims about a person. @spec OIDC Core §5.1 */
export interface StandardClaims {
  sub: string
  name?: string
  given_name?: string
  family_name?: string
  middle_name?: string
  nickname?: string
  preferred_username?: string
  profile?: string
  picture?: string
  website?: string
  email?: string
  email_verified?: boolean
  gender?: string
  birthdate?: string
  zoneinfo?: string
  locale?: string
  phone_number?: string
  phone_number_verified?: boolean
  address?: AddressClaim
  updated_at?: number
}

/** @spec OIDC Core §5.1.1 */
export interface AddressClaim {
  formatted?: string
  street_address?: string
  locality?: string
  region?: string
  postal_code?: string
  country?: string
}

/** Claims as a provider holds them: the standard ones and its own. */
export type UserClaims = Partial<StandardClaims> & { [claim: string]: unknown }

/** The claims that each scope asks for. @spec OIDC Core §5.4 */
export const CLAIMS_OF_SCOPE: Readonly<
  Record<'openid' | 'profile' | 'email' | 'address' | 'phone', readonly string[]>
> = {
  openid: ['sub'],
  profile: [
    'name',
    'family_name',
    'given_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
}
