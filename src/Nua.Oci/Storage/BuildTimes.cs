using System.Globalization;
using System.Text;

namespace Nua.Oci.Storage;

/// <summary>
/// When this store's machine built an image. Kept beside the image and never in it, since the same input gives the same image at any time; of use for
/// statements of provenance only. Losing it loses no more.
/// </summary>
/// <remarks><c>builds/time-HEX</c>: <c>DIGEST STARTED FINISHED</c>, times in RFC 3339, UTC, whole seconds.</remarks>
public sealed record BuildTimes(DateTimeOffset Started, DateTimeOffset Finished)
{
    private const string Form = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>Null when the image was not built here, or long ago.</summary>
    public static BuildTimes? Read(ImageStore store, Digest image)
    {
        var parts = store.ReadRecord(RecordKind.Builds, Key(image)) is { } record ? Encoding.ASCII.GetString(record).Split(' ') : [];
        return parts.Length == 3 && parts[0] == image.ToString() && Time(parts[1]) is { } started && Time(parts[2]) is { } finished
            ? new BuildTimes(started, finished)
            : null;
    }

    /// <summary>Durable. The times of a later build of the same image replace those of an earlier one.</summary>
    public void Write(ImageStore store, Digest image) => store.WriteRecord(
        RecordKind.Builds, Key(image), Encoding.ASCII.GetBytes($"{image} {Text(Started)} {Text(Finished)}"));

    private static string Key(Digest image) => $"time-{image.Encoded}";

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(Form, CultureInfo.InvariantCulture);

    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
