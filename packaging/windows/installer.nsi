; The installer for one user: no administrator, no question but the folder. packaging/kinds/windows.py carries it out.
; ${WORK} holds what it writes for this build: names.nsh (every name in here that is not Windows' own), installed.nsh and
; removed.nsh (a line for each file of the app, so that nobody else's file is ever deleted).
Unicode true
Target ${MACHINE}
!ifdef QUICK
  SetCompressor zlib
!else
  SetCompressor /SOLID lzma
  SetCompressorDictSize 64
!endif
ManifestSupportedOS Win10
ManifestDPIAware true
ManifestLongPathAware true
RequestExecutionLevel user
!addincludedir "${WORK}"
!include names.nsh
!include MUI2.nsh
!include LogicLib.nsh
!include WinVer.nsh
!include x64.nsh

Name "${NAME}"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "${UNINSTALL_KEY}" InstallLocation
BrandingText "${NAME} ${VERSION}"

VIProductVersion "${VERSION_NUMBERS}"
VIAddVersionKey ProductName "${NAME}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileDescription "${NAME} Setup"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey CompanyName "${PUBLISHER}"
VIAddVersionKey LegalCopyright "${COPYRIGHT}"

!define CLASSES "Software\Classes"
!define APP_PATHS "Software\Microsoft\Windows\CurrentVersion\App Paths"
!define OPENER "${CLASSES}\Applications\${PROGRAM}.exe"
!define RECIPE_VERB "${CLASSES}\SystemFileAssociations\.toml\shell\${PROGRAM}"
!define SHCNE_ASSOCCHANGED 0x08000000

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${PICTURE}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\${PROGRAM}.exe"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE English

; Exit codes of a silent start: 1 cancelled, 2 not done, as packagers expect of NSIS.

; A program that runs cannot be written to. So this needs no list of processes, and sees a lab that is at work, too.
!macro REFUSE_IF_RUNS un
Function ${un}RefuseIfRuns
  StrCpy $1 "$INSTDIR\${PROGRAM}.exe"
  Call ${un}RefuseIfLocked
  StrCpy $1 "$INSTDIR\${COMMAND}.exe"
  Call ${un}RefuseIfLocked
FunctionEnd

Function ${un}RefuseIfLocked
  ${Do}
    ${IfNot} ${FileExists} $1
      Return
    ${EndIf}
    ClearErrors
    FileOpen $0 $1 a
    ${IfNot} ${Errors}
      FileClose $0
      Return
    ${EndIf}
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "${NAME} is open. Close its windows, then try again." /SD IDCANCEL IDRETRY again
    SetErrorLevel 2
    Quit
    again:
  ${Loop}
FunctionEnd
!macroend
!insertmacro REFUSE_IF_RUNS ""
!insertmacro REFUSE_IF_RUNS "un."

Function .onInit
  SetShellVarContext current
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastBuild} 17763
    MessageBox MB_OK|MB_ICONSTOP "${NAME} needs a 64-bit Windows 10, version 1809, or a later one." /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
FunctionEnd

Section "${NAME}"
  Call RefuseIfRuns
  ; What is there from an earlier version goes first: its files may not be this one's.
  ReadRegStr $2 HKCU "${UNINSTALL_KEY}" InstallLocation
  ${If} $2 != ""
  ${AndIf} ${FileExists} "$2\Uninstall.exe"
    ExecWait '"$2\Uninstall.exe" /S _?=$2' $3
    ${If} $3 <> 0
      MessageBox MB_OK|MB_ICONSTOP "The version in $2 could not be removed. Close ${NAME}, then try again." /SD IDOK
      SetErrorLevel 2
      Quit
    ${EndIf}
    Delete "$2\Uninstall.exe"
    ${If} $2 != $INSTDIR
      RMDir "$2"
    ${EndIf}
  ${EndIf}

  ClearErrors
  !include installed.nsh
  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\Uninstall.exe"
  ${If} ${Errors}
    MessageBox MB_OK|MB_ICONSTOP "Not all files could be written to $INSTDIR. Is the disk full?" /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\${PROGRAM}.exe"

  WriteRegStr HKCU "${UNINSTALL_KEY}" DisplayName "${NAME}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" DisplayVersion "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" DisplayIcon "$INSTDIR\${PROGRAM}.exe"
  WriteRegStr HKCU "${UNINSTALL_KEY}" Publisher "${PUBLISHER}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" InstallLocation "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" UninstallString '"$INSTDIR\Uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" QuietUninstallString '"$INSTDIR\Uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" EstimatedSize ${INSTALLED_KB}
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" NoModify 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" NoRepair 1

  ; Win+R finds both programs by name. PATH is left alone: NSIS cuts one that is longer than its strings.
  WriteRegStr HKCU "${APP_PATHS}\${PROGRAM}.exe" "" "$INSTDIR\${PROGRAM}.exe"
  WriteRegStr HKCU "${APP_PATHS}\${COMMAND}.exe" "" "$INSTDIR\${COMMAND}.exe"

  ; Windows looks at what follows the last dot of a name: to it a recipe is one more .toml. Those belong to editors, so
  ; the app offers itself in "Open with", and takes nothing. By name Windows does choose which entries a file's menu
  ; has: "Open in …" stands in that of recipes alone.
  WriteRegStr HKCU "${CLASSES}\${RECIPE_CLASS}" "" "${RECIPE_WORDS}"
  WriteRegStr HKCU "${CLASSES}\${RECIPE_CLASS}\DefaultIcon" "" "$INSTDIR\${PROGRAM}.exe,0"
  WriteRegStr HKCU "${CLASSES}\${RECIPE_CLASS}\shell\open\command" "" '"$INSTDIR\${PROGRAM}.exe" "%1"'
  WriteRegNone HKCU "${CLASSES}\.toml\OpenWithProgids" "${RECIPE_CLASS}"
  WriteRegStr HKCU "${OPENER}" FriendlyAppName "${NAME}"
  WriteRegNone HKCU "${OPENER}\SupportedTypes" ".toml"
  WriteRegStr HKCU "${OPENER}\shell\open\command" "" '"$INSTDIR\${PROGRAM}.exe" "%1"'
  WriteRegStr HKCU "${RECIPE_VERB}" "" "Open in ${NAME}"
  WriteRegStr HKCU "${RECIPE_VERB}" Icon "$INSTDIR\${PROGRAM}.exe,0"
  WriteRegStr HKCU "${RECIPE_VERB}" AppliesTo 'System.FileName:~>"${RECIPE_ENDING}"'
  WriteRegStr HKCU "${RECIPE_VERB}\command" "" '"$INSTDIR\${PROGRAM}.exe" "%1"'
  System::Call 'shell32::SHChangeNotify(i ${SHCNE_ASSOCCHANGED}, i 0, p 0, p 0)'
SectionEnd

Section Uninstall
  SetShellVarContext current
  Call un.RefuseIfRuns
  !include removed.nsh
  Delete "$INSTDIR\Uninstall.exe"
  RMDir "$INSTDIR"  ; only if nobody put something there
  Delete "$SMPROGRAMS\${NAME}.lnk"
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
  DeleteRegKey HKCU "${APP_PATHS}\${PROGRAM}.exe"
  DeleteRegKey HKCU "${APP_PATHS}\${COMMAND}.exe"
  DeleteRegKey HKCU "${CLASSES}\${RECIPE_CLASS}"
  DeleteRegKey HKCU "${OPENER}"
  DeleteRegKey HKCU "${RECIPE_VERB}"
  DeleteRegValue HKCU "${CLASSES}\.toml\OpenWithProgids" "${RECIPE_CLASS}"
  ; What others have in these stays.
  DeleteRegKey /ifempty HKCU "${CLASSES}\.toml\OpenWithProgids"
  DeleteRegKey /ifempty HKCU "${CLASSES}\.toml"
  DeleteRegKey /ifempty HKCU "${CLASSES}\SystemFileAssociations\.toml\shell"
  DeleteRegKey /ifempty HKCU "${CLASSES}\SystemFileAssociations\.toml"
  System::Call 'shell32::SHChangeNotify(i ${SHCNE_ASSOCCHANGED}, i 0, p 0, p 0)'
SectionEnd
