/* What python312.dll takes from kernel32 and Wine 8 does not have: os.getppid and shutil.copy2. forwards.py makes a
   kernel3w.dll of these and hands on all else. */
#include <windows.h>
#include <winternl.h>

#define PARENT_AT 32 /* of ParentProcessId in PSS_PROCESS_INFORMATION */

DWORD own_PssCaptureSnapshot(HANDLE process, DWORD flags, DWORD context, HANDLE *snapshot) {
    *snapshot = process;
    return ERROR_SUCCESS;
}

DWORD own_PssFreeSnapshot(HANDLE process, HANDLE snapshot) { return ERROR_SUCCESS; }

DWORD own_PssQuerySnapshot(HANDLE process, int what, char *answer, DWORD size) {
    ULONG_PTR basic[6];
    NTSTATUS(NTAPI * ask)(HANDLE, int, void *, ULONG, ULONG *) =
        (void *)GetProcAddress(GetModuleHandleA("ntdll"), "NtQueryInformationProcess");
    if (what != 0 || ask(process, 0, basic, sizeof basic, NULL)) return ERROR_NOT_SUPPORTED;
    *(DWORD *)(answer + PARENT_AT) = (DWORD)basic[5];
    return ERROR_SUCCESS;
}

HRESULT own_CopyFile2(const wchar_t *from, const wchar_t *to, void *parameters) {
    return CopyFileW(from, to, FALSE) ? S_OK : HRESULT_FROM_WIN32(GetLastError());
}
