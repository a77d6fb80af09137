/** Why nothing can be asked of Key Protect. */
export const noVault = 'the login sees no active Key Protect instance';
