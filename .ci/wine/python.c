/* python.exe and, with -DWINDOWED, pythonw.exe: both only call Py_Main of the library beside them. */
#include <windows.h>
#include <shellapi.h>

typedef int (*py_main)(int, wchar_t **);

static int started(int argc, wchar_t **argv) {
    HMODULE library = LoadLibraryW(L"python312.dll");
    py_main run = library ? (py_main)(void *)GetProcAddress(library, "Py_Main") : NULL;
    return run ? run(argc, argv) : 101;
}

#ifdef WINDOWED
int WINAPI wWinMain(HINSTANCE self, HINSTANCE before, LPWSTR line, int show) {
    int argc;
    wchar_t **argv = CommandLineToArgvW(GetCommandLineW(), &argc);
    return started(argc, argv);
}
#else
int wmain(int argc, wchar_t **argv) { return started(argc, argv); }
#endif
