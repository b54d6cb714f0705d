using System.Text.Json;
using System.Text.RegularExpressions;
using Nua.Build.Planning.Reading;

namespace Nua.Build.Planning.Stacks.Dotnet;

/// <summary>The address that a web application gives Kestrel itself, in <c>appsettings.json</c> or in its code; the variables of ASP.NET Core do not
/// change it.</summary>
internal static partial class KestrelAddress
{
    private static readonly string[] _settings = ["appsettings.Production.json", "appsettings.json"];

    /// <summary>Null when neither says one.</summary>
    public static PortInCode? Find(AppFolder folder)
    {
        foreach (var file in _settings)
        {
            var endpoints = JsonManifest.Read(folder, file, [])?.Member("Kestrel")?.Member("Endpoints").Members() ?? [];
            var address = endpoints.Select(item => item.Value.Text("Url")).FirstOrDefault(url => url?.StartsWith("http://", StringComparison.OrdinalIgnoreCase) == true);
            if (address is not null)
            {
                return Read(file, address);
            }
        }

        foreach (var file in CodeFiles.Find(folder, ".cs", ".fs"))
        {
            if (folder.ReadHead(file) is { } text && InCode().Match(text) is { Success: true } match)
            {
                return Read(file, match.Groups[1].Value);
            }
        }

        return null;
    }

    private static PortInCode Read(string file, string address)
    {
        var colon = address.LastIndexOf(':');
        var host = colon > 7 ? address[7..colon] : address[7..].TrimEnd('/');
        int? port = int.TryParse(address[(colon + 1)..].TrimEnd('/'), out var number) && number is >= 80 and <= 65535 ? number : null;
        return new PortInCode(file, port, host is "localhost" or "127.0.0.1" or "[::1]");
    }

    [GeneratedRegex("""(?:UseUrls|\bUrls\.Add|\b[aA]pp\.Run(?:Async)?)\(\s*"(http://[^"$]+)""")]
    private static partial Regex InCode();
}
