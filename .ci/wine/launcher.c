/* The python.exe of a virtual environment on Windows: a program of its own, which finds its Python in pyvenv.cfg, starts
   that as a child in a job that ends with it, and waits. The app meets it in each .venv, so tests have to meet it too. */
#include <stdio.h>
#include <wchar.h>
#include <windows.h>

#define LONGEST 32768
static wchar_t self[LONGEST], file[LONGEST], home[LONGEST], line[LONGEST], command[LONGEST];

static BOOL WINAPI left_to_child(DWORD event) { return event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT; }

static int read_home(void) {
    wcscpy(file, self);
    for (int levels = 0; levels < 2; levels++) {
        wchar_t *cut = wcsrchr(file, L'\\');
        if (!cut) return 0;
        *cut = 0;
    }
    wcscat(file, L"\\pyvenv.cfg");
    FILE *settings = _wfopen(file, L"r, ccs=UTF-8");
    if (!settings) return 0;
    while (fgetws(line, LONGEST, settings))
        if (!wcsncmp(line, L"home = ", 7)) {
            wcscpy(home, line + 7);
            home[wcscspn(home, L"\r\n")] = 0;
        }
    fclose(settings);
    return home[0] != 0;
}

static wchar_t *arguments(void) { /* the command line after the program, just as it was */
    wchar_t *rest = GetCommandLineW();
    if (*rest == L'"') {
        rest = wcschr(rest + 1, L'"');
        return rest ? rest + 1 : L"";
    }
    return rest + wcscspn(rest, L" \t");
}

static HANDLE inheritable(DWORD which) {
    HANDLE old = GetStdHandle(which), new = NULL;
    if (old && old != INVALID_HANDLE_VALUE)
        DuplicateHandle(GetCurrentProcess(), old, GetCurrentProcess(), &new, 0, TRUE, DUPLICATE_SAME_ACCESS);
    return new;
}

int wmain(void) {
    GetModuleFileNameW(NULL, self, LONGEST);
    if (!read_home()) return 106;
    SetEnvironmentVariableW(L"__PYVENV_LAUNCHER__", self);
    swprintf(command, LONGEST, L"\"%ls\\python.exe\"%ls", home, arguments());

    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK;
    HANDLE job = CreateJobObjectW(NULL, NULL);
    SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);

    STARTUPINFOW start = {0};
    GetStartupInfoW(&start);
    start.dwFlags = STARTF_USESTDHANDLES;
    start.hStdInput = inheritable(STD_INPUT_HANDLE);
    start.hStdOutput = inheritable(STD_OUTPUT_HANDLE);
    start.hStdError = inheritable(STD_ERROR_HANDLE);
    SetConsoleCtrlHandler(left_to_child, TRUE);
    PROCESS_INFORMATION child;
    if (!CreateProcessW(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &start, &child)) return 101;
    AssignProcessToJobObject(job, child.hProcess);
    WaitForSingleObject(child.hProcess, INFINITE);
    DWORD code = 1;
    GetExitCodeProcess(child.hProcess, &code);
    return (int)code;
}
