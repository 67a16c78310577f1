/**
 * What the typed client calls its methods. The family is that of the operation; an operation that is not listed here
 * has a method of its own name.
 */
import type { Operation } from '../../packages/model/src/index.ts';

/** Operation → name of its method within its family. */
export const METHOD_NAMES: Readonly<Partial<Record<Operation, string>>> = {
  auditBeforeCare: 'beforeCare',
  auditDuringCare: 'duringCare',
  reportAuditHandling: 'reportHandling',

  downloadDrugCatalogue: 'downloadDrugs',
  downloadTcmPieceCatalogue: 'downloadTcmPieces',
  downloadPreparationCatalogue: 'downloadPreparations',
  downloadServiceItemCatalogue: 'downloadServiceItems',
  downloadConsumableCatalogue: 'downloadConsumables',
  downloadDiseaseCatalogue: 'downloadDiseases',
  downloadProcedureCatalogue: 'downloadProcedures',
  downloadChronicDiseaseCatalogue: 'downloadChronicDiseases',
  downloadPayByDiseaseCatalogue: 'downloadPayByDiseases',
  downloadDaySurgeryCatalogue: 'downloadDaySurgeries',
  findCatalogueItems: 'findItems',
  downloadTumourMorphologyCatalogue: 'downloadTumourMorphologies',
  downloadTcmDiseaseCatalogue: 'downloadTcmDiseases',
  downloadTcmSyndromeCatalogue: 'downloadTcmSyndromes',
  findCatalogueMatches: 'findMatches',
  downloadTcmGranuleCatalogue: 'downloadTcmGranules',

  reverseTransaction: 'reverse',

  uploadInpatientFees: 'uploadFees',
  withdrawInpatientFees: 'withdrawFees',
  presettleInpatient: 'presettle',
  settleInpatient: 'settle',
  cancelInpatientSettlement: 'cancelSettlement',
  admitInpatient: 'admit',
  dischargeInpatient: 'discharge',

  findInstitution: 'find',

  findOffSitePurchaser: 'findPurchaser',
  refundOffSitePurchase: 'refund',
  orderOffSitePurchase: 'order',
  cancelOffSitePurchase: 'cancel',
  findOffSiteOrder: 'findOrder',
  findOffSiteSettlement: 'findSettlement',
  findPharmacyAccountDetails: 'findAccountDetails',
  findPharmacyAccountTotals: 'findAccountTotals',
  reverseOffSitePurchase: 'reverse',

  decodeCredentialCode: 'decodeCredential',
  uploadOnlineFees: 'uploadFees',
  placePaymentOrder: 'placeOrder',
  refundPaymentOrder: 'refundOrder',
  synchronizePaymentOrder: 'synchronizeOrder',
  findPaymentOrder: 'findOrder',
  notifyPaymentResult: 'notifyResult',
  cancelOnlineFees: 'cancelFees',

  registerOutpatient: 'register',
  cancelOutpatientRegistration: 'cancelRegistration',
  recordOutpatientVisit: 'recordVisit',
  uploadOutpatientFees: 'uploadFees',
  withdrawOutpatientFees: 'withdrawFees',
  presettleOutpatient: 'presettle',
  settleOutpatient: 'settle',
  cancelOutpatientSettlement: 'cancelSettlement',

  identifyPerson: 'identify',

  presettlePharmacyPurchase: 'presettle',
  settlePharmacyPurchase: 'settle',
  cancelPharmacySettlement: 'cancelSettlement',

  checkPrescription: 'check',
  signPrescription: 'sign',
  uploadPrescription: 'upload',
  revokePrescription: 'revoke',
  findPrescription: 'find',
  findPrescriptionAudit: 'findAudit',
  notifyPrescriptionAudit: 'notifyAudit',
  decodePrescriptionCode: 'decodeCode',
  downloadPrescription: 'download',
  verifyPrescription: 'verify',
  uploadPrescriptionAudit: 'uploadAudit',
  findCirculatingDrugs: 'findDrugs',

  uploadSettlementList: 'upload',
  changeSettlementListStatus: 'changeStatus',
  findSettlementList: 'find',

  uploadVouchers: 'upload',
  findVoucherUpload: 'findUpload',
  renewVouchers: 'renew',
  findVoucherStatus: 'findStatus',
};
