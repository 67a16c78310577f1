/* Placeholder until the generator of the registry writes it. */
export type Operation =
  | 'identifyPerson'
  | 'checkEntitlement'
  | 'registerOutpatient'
  | 'cancelOutpatientRegistration'
  | 'recordOutpatientVisit'
  | 'uploadOutpatientFees'
  | 'withdrawOutpatientFees'
  | 'presettleOutpatient'
  | 'settleOutpatient'
  | 'cancelOutpatientSettlement'
  | 'reverseTransaction'
  | 'signIn'
  | 'signOut';
