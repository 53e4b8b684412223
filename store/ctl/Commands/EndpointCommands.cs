using System.CommandLine;
using System.Diagnostics;
using Google.Protobuf;
using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Etcd.Client;
using Sync.Store.Ctl.Options;
using Sync.Store.Ctl.Printing;

namespace Sync.Store.Ctl.Commands;

/// <summary><c>endpoint status</c>, <c>health</c> and <c>hashkv</c>: each asks every endpoint by itself.</summary>
internal static class EndpointCommands
{
    private static readonly ByteString HealthKey = ByteString.CopyFromUtf8("health");

    public static Command Create(CommandRunner runner)
    {
        var cluster = CommandRunner.Switch("--cluster", "Asks every member of the cluster.");
        cluster.Recursive = true;
        var group = CommandRunner.Group("endpoint", "The endpoints by themselves.",
            Status(runner, cluster), Health(runner, cluster), Hash(runner, cluster));
        group.Options.Add(cluster);
        return group;
    }

    private static Command Status(CommandRunner runner, Option<bool> cluster) =>
        runner.Command("status", "Shows the state of each endpoint.", [], async (session, parsed, _) =>
        {
            var answers = new List<EndpointAnswer<StatusResponse>>();
            RpcException? failure = null;
            foreach (var endpoint in await session.EndpointsAsync(parsed.GetValue(cluster)))
            {
                using var client = session.ClientOf(endpoint);
                try
                {
                    answers.Add(new(endpoint, await client.Maintenance.StatusAsync(
                        new StatusRequest(), cancellationToken: session.Cancellation)));
                }
                catch (RpcException error)
                {
                    failure = error;
                    await session.WarnAsync(
                        $"Failed to get the status of endpoint {endpoint} ({ControlSession.Describe(error)})");
                }
            }

            await session.PrintAsync(EndpointPrintouts.Status(answers));
            return failure is null ? ExitCode.Done : ExitCode.Error;
        });

    private static Command Health(CommandRunner runner, Option<bool> cluster) =>
        runner.Command("health", "Tells whether each endpoint can write.", [], async (session, parsed, _) =>
        {
            var endpoints = await session.EndpointsAsync(parsed.GetValue(cluster));
            var answers = await Task.WhenAll(endpoints.Select(endpoint => HealthOfAsync(session, endpoint)));
            if (session.Settings.Format == OutputFormat.Simple)
            {
                // Where etcd's tools print it.
                foreach (var line in answers.Select(EndpointPrintouts.HealthLine))
                {
                    await session.WarnAsync(line);
                }
            }
            else
            {
                await session.PrintAsync(EndpointPrintouts.Health(answers));
            }

            if (!answers.All(answer => answer.IsHealthy))
            {
                throw new ControlFailure(ExitCode.Error, "unhealthy cluster");
            }
        });

    private static Command Hash(CommandRunner runner, Option<bool> cluster)
    {
        var revision = CommandRunner.Number("--rev", "Up to this revision; 0 is the newest.");
        return runner.Command("hashkv", "Shows the hash of each endpoint's history.", [revision],
            async (session, parsed, _) =>
            {
                var answers = new List<EndpointAnswer<HashKVResponse>>();
                RpcException? failure = null;
                foreach (var endpoint in await session.EndpointsAsync(parsed.GetValue(cluster)))
                {
                    using var client = session.ClientOf(endpoint);
                    try
                    {
                        answers.Add(new(endpoint, await client.Maintenance.HashKVAsync(
                            new HashKVRequest { Revision = parsed.GetValue(revision) },
                            cancellationToken: session.Cancellation)));
                    }
                    catch (RpcException error)
                    {
                        failure = error;
                        await session.WarnAsync(
                            $"Failed to get the hash of endpoint {endpoint} ({ControlSession.Describe(error)})");
                    }
                }

                await session.PrintAsync(EndpointPrintouts.Hash(answers));
                if (failure is not null)
                {
                    throw new ControlFailure(ExitCode.Error, ControlSession.Describe(failure));
                }
            });
    }

    // A store that knows users and refuses this one has answered, and so is healthy.
    private static async Task<EndpointHealth> HealthOfAsync(ControlSession session, string endpoint)
    {
        using var client = session.ClientOf(endpoint);
        var clock = Stopwatch.StartNew();
        try
        {
            await client.GetAsync(HealthKey, session.Cancellation);
        }
        catch (RpcException error) when (!EtcdErrors.IsPermissionDenied(error))
        {
            return new EndpointHealth(endpoint, clock.Elapsed, ControlSession.Describe(error));
        }
        catch (RpcException)
        {
            // Refused: the quorum answered.
        }

        var took = clock.Elapsed;
        return new EndpointHealth(endpoint, took, await AlarmsOfAsync(client, session.Cancellation));
    }

    private static async Task<string> AlarmsOfAsync(EtcdClient client, CancellationToken cancellation)
    {
        try
        {
            var answer = await client.Maintenance.AlarmAsync(
                new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Get }, cancellationToken: cancellation);
            var names = answer.Alarms.Select(alarm => alarm.Alarm.ToString().ToUpperInvariant() + " ");
            return answer.Alarms.Count == 0 ? "" : $"Active Alarm(s): {string.Concat(names)}";
        }
        catch (RpcException error) when (EtcdErrors.IsPermissionDenied(error))
        {
            return "";
        }
        catch (RpcException)
        {
            return "Unable to fetch the alarm list";
        }
    }
}
