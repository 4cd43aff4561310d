/** The page that the customers write to, and what is signed and sent with. */
export const PAGE = {
  pageId: '100000000000777',
  appSecret: 'bench app secret',
  verifyToken: 'bench verify token',
  accessToken: 'bench access token',
} as const;
