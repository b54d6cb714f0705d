using System.Diagnostics;
using Nua.Oci;
using Nua.Registry.Transfer;

namespace Nua.Cli.Output;

/// <summary>
/// Shows blobs on their way. On a terminal one line tells how far each is; elsewhere there is a line for each one that was
/// moved (with <c>--verbose</c> for others, too); with <c>--json</c> every stage is an object on a line of standard error.
/// </summary>
internal sealed class TransferProgress(Session session, string verb) : IProgress<TransferEvent>, IDisposable
{
    private static readonly TimeSpan _redraw = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _jsonPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<Digest, TransferEvent> _moving = [];
    private readonly long _begun = Stopwatch.GetTimestamp();
    private long _shown;
    private long _finished;

    public void Report(TransferEvent value)
    {
        lock (_gate)
        {
            var isPassing = value.What is TransferStage.Begun or TransferStage.Moving;
            if (isPassing)
            {
                _moving[value.Blob.Digest] = value;
            }
            else
            {
                _moving.Remove(value.Blob.Digest);
                _finished += value.Bytes;
            }

            if (session.Json)
            {
                WriteJson(value);
            }
            else if (!isPassing && (value.What != TransferStage.Present || session.Choice.Verbose))
            {
                session.Messages.Note($"    {Short(value.Blob)}  {ByteSize.Format(value.Blob.Size),10}  {Describe(value.What)}");
            }

            ShowLive(isForced: !isPassing);
        }
    }

    public void Dispose() => session.Messages.ShowLive("");

    private string Describe(TransferStage stage) => stage switch
    {
        TransferStage.Done => verb == "pushing" ? "sent" : "fetched",
        TransferStage.Present => "already there",
        TransferStage.Mounted => "taken from another repository",
        _ => "left out",
    };

    private void ShowLive(bool isForced)
    {
        if (!session.Messages.IsLive || (!isForced && Stopwatch.GetElapsedTime(_shown) < _redraw))
        {
            return;
        }

        _shown = Stopwatch.GetTimestamp();
        var bytes = _finished + _moving.Values.Sum(value => value.Bytes);
        var rate = bytes / Math.Max(0.001, Stopwatch.GetElapsedTime(_begun).TotalSeconds);
        var each = string.Join("  ", _moving.Values.Take(4).Select(value =>
            $"{Short(value.Blob)[..8]} {(value.Blob.Size == 0 ? 100 : value.Bytes * 100 / value.Blob.Size)}%"));
        session.Messages.ShowLive(_moving.Count == 0 ? "" : $"    {verb} {ByteSize.Format(bytes)}, {ByteSize.Format((long)rate)}/s  {each}");
    }

    private void WriteJson(TransferEvent value)
    {
        if (session.Choice.Quiet || (value.What == TransferStage.Moving && Stopwatch.GetElapsedTime(_shown) < _jsonPause))
        {
            return;
        }

        _shown = Stopwatch.GetTimestamp();
        session.Messages.Write(JsonText.Line(json =>
        {
            json.WriteStartObject();
            json.WriteString("progress", verb);
            json.WriteString("digest", value.Blob.Digest.ToString());
            json.WriteString("stage", StageName(value.What));
            json.WriteNumber("bytes", value.Bytes);
            json.WriteNumber("size", value.Blob.Size);
            json.WriteEndObject();
        }) + "\n");
    }

    private static string StageName(TransferStage stage) => stage switch
    {
        TransferStage.Begun => "begun",
        TransferStage.Moving => "moving",
        TransferStage.Done => "done",
        TransferStage.Present => "present",
        TransferStage.Mounted => "mounted",
        _ => "left-out",
    };

    private static string Short(Descriptor blob) => blob.Digest.Encoded[..12];
}
