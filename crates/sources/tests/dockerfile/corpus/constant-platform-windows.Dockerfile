# escape=`
FROM --platform=windows/amd64 mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command"]
RUN Invoke-WebRequest https://example.org/tool-windows-amd64.exe `
    -OutFile C:\tool.exe
COPY app.exe C:\app\
