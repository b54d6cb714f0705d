using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Nua.Foundation;
using Nua.Foundation.Durable;

namespace Nua.Engine.Instances;

/// <summary>
/// A small JSON document that says what an instance is, was doing or has. It is only ever replaced whole, and ends with the SHA-256 of all
/// that is before: one changed bit could name another generation, and the one in use would be cleared away as left over.
/// </summary>
/// <remarks>A file without that line is taken as it is: earlier versions of nua wrote none, and a person may edit one and take the line out.</remarks>
internal static class StateFile
{
    private const uint Private = 0x180;
    private const string Begin = ",\n  \"sha256\": \"", End = "\"\n}\n";

    /// <returns>Null when there is no such file.</returns>
    /// <param name="unreadable">Makes the error of why it cannot be read.</param>
    public static T? Read<T>(string path, JsonTypeInfo<T> type, Func<string, ProblemException> unreadable)
        where T : class
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        try
        {
            var content = JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("it is null");
            return IsWhole(bytes) ? content : throw unreadable("its bytes are not those that nua wrote: the sha256 at its end differs");
        }
        catch (JsonException broken)
        {
            throw unreadable(Printable.Escape(broken.Message, 300));
        }
    }

    public static void Replace<T>(string path, T content, JsonTypeInfo<T> type) =>
        DurableFile.Replace(path, Seal(JsonSerializer.SerializeToUtf8Bytes(content, type)), Private);

    /// <param name="json">An object that is not empty.</param>
    internal static byte[] Seal(ReadOnlySpan<byte> json)
    {
        var body = json[..json.LastIndexOf((byte)'}')].TrimEnd("\r\n "u8);
        return [.. body, .. Encoding.ASCII.GetBytes(Begin + Sum(body) + End)];
    }

    private static bool IsWhole(ReadOnlySpan<byte> bytes)
    {
        var at = bytes.LastIndexOf(Encoding.ASCII.GetBytes(Begin));
        return at < 0 || bytes[at..].SequenceEqual(Encoding.ASCII.GetBytes(Begin + Sum(bytes[..at]) + End));
    }

    private static string Sum(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
