using Nua.Rootfs.Volumes;

namespace Nua.Rootfs.Worker;

/// <summary>Makes a folder with empty volumes. All folders here are relative to the store.</summary>
internal sealed record CreateVolumes(string Folder, IReadOnlyList<NewVolume> Volumes) : Command;

/// <summary>Makes those that a folder has not yet.</summary>
internal sealed record AddVolumes(string Folder, IReadOnlyList<NewVolume> Volumes) : Command;

internal sealed record CloneVolumes(string From, string To) : Command;

/// <summary>Back comes a tar, as a stream.</summary>
internal sealed record PackVolumes(string Folder, string Prefix) : Command;

/// <summary>A tar follows as a stream.</summary>
internal sealed record UnpackVolumes(string Folder) : Command;

internal sealed record RemoveVolumes(string Folder) : Command;

internal sealed record MeasureVolumes(string Folder) : Command;

/// <summary>Status 0: copies share their content with the original.</summary>
internal sealed record ProbeReflink(string Folder) : Command;

/// <summary>The worker's side of <see cref="VolumeWorkshop"/>.</summary>
internal static class VolumeOrders
{
    /// <returns>Null for an order that is about something else.</returns>
    public static Reply? Do(Command command, VolumeWork work, FramePipe pipe, FrameInbox inbox)
    {
        switch (command)
        {
            case CreateVolumes c:
                work.Create(c.Folder, c.Volumes);
                return new Reply();
            case AddVolumes c:
                work.Add(c.Folder, c.Volumes);
                return new Reply();
            case CloneVolumes c:
                return new Reply { Copy = work.Clone(c.From, c.To, CancellationToken.None) };
            case PackVolumes c:
                using (var output = new FrameStream(pipe))
                {
                    var report = work.PackTo(c.Folder, c.Prefix, output, CancellationToken.None);
                    output.Complete();
                    return new Reply { Copy = report };
                }

            case UnpackVolumes c:
                using (var input = new InboxStream(inbox))
                {
                    return new Reply { Copy = work.UnpackFrom(c.Folder, input, () => input.CopyTo(Stream.Null, 256 << 10)) };
                }

            case RemoveVolumes c:
                work.Remove(c.Folder);
                return new Reply();
            case MeasureVolumes c:
                return new Reply { Size = work.Measure(c.Folder) };
            case ProbeReflink c:
                return new Reply(work.CanReflink(c.Folder) ? 0 : 1);
            default:
                return null;
        }
    }
}
