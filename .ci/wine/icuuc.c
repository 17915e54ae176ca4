/* icuuc.dll, which Windows has since 10 1703 and Wine 8 lacks. Qt asks it for old encodings only; here there are none. */
#define EXPORT(type, name, ...) __declspec(dllexport) type name(__VA_ARGS__)
#define NO_ENCODING 16 /* U_FILE_ACCESS_ERROR and the like: any error will do */
#define NOTHING(name) EXPORT(void, name, void) {}

EXPORT(void *, ucnv_open, const char *name, int *error) { return *error = NO_ENCODING, (void *)0; }
EXPORT(const char *, ucnv_getName, void *converter, int *error) { return *error = NO_ENCODING, ""; }
EXPORT(const char *, ucnv_getStandardName, const char *name, const char *standard, int *error) {
    return *error = NO_ENCODING, (const char *)0;
}
EXPORT(const char *, ucnv_getAvailableName, int index) { return 0; }
EXPORT(signed char, ucnv_getMaxCharSize, void *converter) { return 4; }
EXPORT(int, ucnv_countAvailable, void) { return 0; }
EXPORT(int, ucnv_fromUCountPending, void *converter, int *error) { return 0; }
EXPORT(int, ucnv_toUCountPending, void *converter, int *error) { return 0; }
NOTHING(UCNV_FROM_U_CALLBACK_SUBSTITUTE)
NOTHING(UCNV_TO_U_CALLBACK_SUBSTITUTE)
NOTHING(ucnv_cbFromUWriteUChars)
NOTHING(ucnv_cbToUWriteUChars)
NOTHING(ucnv_close)
NOTHING(ucnv_fromUnicode)
NOTHING(ucnv_getFromUCallBack)
NOTHING(ucnv_getToUCallBack)
NOTHING(ucnv_reset)
NOTHING(ucnv_setFromUCallBack)
NOTHING(ucnv_setToUCallBack)
NOTHING(ucnv_toUnicode)
